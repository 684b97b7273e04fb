import type { Decimal, Finding } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/wire.js';
import { absent, type Details, observation, samples } from '../findings.js';
import type { LiveSecond, LiveTable } from './live-window.js';
import { sampleStrip } from './sample-strip.js';
import { LIVE_FRESH_MS } from './vital-source.js';

/** Values of one second, each with its validity; one that the device marks as invalid is absent. Then the waves. */
export function secondFindings(table: LiveTable, second: LiveSecond, source: string): Finding[] {
  const validity = second.doubtful ? 'questionable' : 'unqualified';
  const details: Details = { at: second.to, validity, source, freshFor: LIVE_FRESH_MS };
  const values = table.values.map(({ code, unit }, index) => {
    const value = second.values[index];
    return value === undefined
      ? absent(code, 'not-a-number', { ...details, validity: 'invalid' })
      : observation(code, value, unit, details);
  });
  const waves = table.waves.map(({ code, unit }, index) => {
    const wave = second.waves[index]!;
    const endUnixMs = second.from + Math.round((wave.length * 1000) / table.perSecond);
    return samples(code, sampleStrip(wave, periodMs(table.perSecond), unit), {
      at: { unixMs: second.from, endUnixMs, quality: v1.TimeQuality.TIME_QUALITY_TABLET },
      source,
      freshFor: LIVE_FRESH_MS,
    });
  });
  return [...values, ...waves];
}

/** To a ten-thousandth of a millisecond. */
function periodMs(perSecond: number): Decimal {
  return { coefficient: Math.round(1e7 / perSecond), exponent: -4 };
}
