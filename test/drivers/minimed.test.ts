import driver from '@onebox/drivers/medtronic-minimed/driver.js';
import { minimedBridge } from '@onebox/drivers/medtronic-minimed/simulator.js';
import { expect, it } from 'vitest';
import { readBridge } from './read-bridge.js';
it('x', async () => {
  const r = await readBridge(driver, minimedBridge());
  console.log(JSON.stringify(r.run), r.traces, r.findings.map((f) => JSON.stringify(f)).join('\n'));
  expect(1).toBe(1);
});
