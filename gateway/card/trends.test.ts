import { observation, samples } from '@onebox/driver-sdk/findings.js';
import { mdc, term } from '@onebox/protocol/codes.js';
import { describe, expect, it } from 'vitest';
import { Facts } from './facts.js';
import { trends } from './trends.js';

const HOUR = 3_600_000;
const START = 1_700_000_000_000;
const GLUCOSE = mdc('MDC_CONC_GLU_CAPILLARY_WHOLEBLOOD');
const whole = (coefficient: number, exponent = 0) => ({ coefficient, exponent });

const record = (at: number, text: string, more: object = {}) =>
  observation(GLUCOSE, text, 'mmol/L', { at, source: '2A18', origin: 'stored', ...more });
const series = (at: number, sample: number[], more: object = {}) =>
  samples(
    term('trend.stored'),
    { periodMs: whole(HOUR), scale: whole(5, -2), offset: whole(1), unit: 'V', sample, ...more },
    { at, source: 'log', origin: 'stored', qualifiers: [mdc('MDC_IDC_MSMT_BATTERY_VOLTAGE')] },
  );
const of = (...findings: ReturnType<typeof record>[]) => {
  const facts = new Facts();
  for (const finding of findings) facts.add(finding);
  return trends(facts);
};

describe('trends', () => {
  it('are series of equal distances, with exact decimals and without what the device does not have', () => {
    const [trend] = of(series(START, [30, 31, 0, 33, 34], { gap: [{ first: 2, count: 1 }] }));
    expect(trend?.points).toEqual([
      { at: START, text: '2.50' },
      { at: START + HOUR, text: '2.55' },
      { at: START + 3 * HOUR, text: '2.65' },
      { at: START + 4 * HOUR, text: '2.70' },
    ]);
    expect(trend?.gapMs).toBeGreaterThan(HOUR);
    expect(trend?.gapMs).toBeLessThan(2 * HOUR);
    expect(trend?.unit).toBe('V');
  });

  it('are stored single values, joined only where they lie close', () => {
    const far = of(record(START + 9 * HOUR, '7.1'), record(START, '5.0'), record(START + 4 * HOUR, '6.2'));
    expect(far[0]?.points.map(({ text }) => text)).toEqual(['5.0', '6.2', '7.1']);
    expect(far[0]?.gapMs).toBe(0);
    const near = of(...[0, 1, 2, 3, 9].map((step) => record(START + step * 300_000, '5.0')));
    expect(near[0]?.gapMs).toBe(750_000);
  });

  it('hold no value of another thing: no test, no invalid one, no present one, no other unit', () => {
    expect(
      of(
        record(START, '5.0'),
        record(START + HOUR, '5.1'),
        record(START + 2 * HOUR, '3.3', { validity: ['test'] }),
        record(START + 3 * HOUR, '3.4', { validity: ['invalid'] }),
        record(START + 4 * HOUR, '3.5', { origin: 'live' }),
        observation(GLUCOSE, '97', 'mg/dL', { at: START + 5 * HOUR, source: '2A18', origin: 'stored' }),
      ),
    ).toEqual([]);
  });

  it('have only distances where the device has no time', () => {
    const finding = series(START, [1, 2, 3]);
    const facts = new Facts();
    facts.add({ ...finding, observation: { ...finding.observation, time: { order: 4 } } } as typeof finding);
    const [trend] = trends(facts);
    expect(trend?.anchored).toBe(false);
    expect(trend?.points.map(({ at }) => at)).toEqual([-2 * HOUR, -HOUR, 0]);
  });
});
