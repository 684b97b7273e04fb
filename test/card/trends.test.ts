import { insulinPump } from '@onebox/drivers/onebox-native/practice/insulin-pump.js';
import { Facts } from '@onebox/gateway/card/facts.js';
import { trends } from '@onebox/gateway/card/trends.js';
import { expect, it } from 'vitest';

it('the glucose of the practice pump is one trend, though it was read in two pieces', () => {
  const facts = new Facts();
  for (const phase of Object.values(insulinPump.read(1_700_000_000_000)))
    for (const finding of phase) facts.add(finding);
  const glucose = trends(facts).filter(({ unit }) => unit === 'mmol/L');
  expect(glucose).toHaveLength(1);
  expect(glucose[0]?.points).toHaveLength(72);
  expect(glucose[0]?.points.at(-1)?.text).toBe('3.1');
});
