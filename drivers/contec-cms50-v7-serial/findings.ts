import {
  absent,
  alert,
  type Details,
  identity,
  observation,
  samples,
  statistic,
  type ValidityName,
} from '@onebox/driver-sdk/findings.js';
import { mdc, term } from '@onebox/protocol/codes.js';
import type { Alert, Code, Finding } from '@onebox/protocol/messages.js';
import type { OneBoxTerm } from '@onebox/protocol/nomenclature/onebox-terms.js';
import { v1 } from '@onebox/protocol/wire.js';
import { usablePulseRate, usableSpo2 } from './live.js';
import type { LiveSecond } from './live-second.js';
import type { StoredPoint } from './storage.js';

/** From what the oximeter says to findings. */

const LIVE_FIELD = 'live packet 01';
const FRESH_FOR_MS = 5_000;
/** 1000 ms / 60, to a ten-thousandth of a millisecond. */
const PLETH_PERIOD = { coefficient: 166_667, exponent: -4 };
const ONE = { coefficient: 1, exponent: 0 };
const ZERO = { coefficient: 0, exponent: 0 };

const SPO2 = mdc('MDC_PULS_OXIM_SAT_O2');
const PULSE_RATE = mdc('MDC_PULS_OXIM_PULS_RATE');

/** The protocol names no model and no serial number: this is what speaks it. */
export function oximeter(): Finding {
  return identity({
    deviceClass: 'pulse-oximeter',
    type: mdc('MDC_DEV_SPEC_PROFILE_PULS_OXIM'),
    manufacturer: 'Contec',
    model: 'CMS50 (protocol V7)',
  });
}

/** Values of one second, each with its validity; a value that the device marks as invalid is absent. */
export function secondFindings(second: LiveSecond): Finding[] {
  const validity: ValidityName =
    second.searchingPulse || second.searchingTooLong || second.probeError ? 'questionable' : 'unqualified';
  const details: Details = { at: second.to, validity, source: LIVE_FIELD, freshFor: FRESH_FOR_MS };
  const value = (code: Code, number: number | undefined, unit: string): Finding =>
    number === undefined
      ? absent(code, 'not-a-number', { ...details, validity: 'invalid' })
      : observation(code, number, unit, details);
  return [
    value(SPO2, second.spo2, '%'),
    value(PULSE_RATE, second.pulseRate, '{beats}/min'),
    value(term('oximeter.signal-quality'), second.signalStrength, '1'),
    value(term('oximeter.perfusion-index-raw'), second.perfusionIndexRaw, '1'),
    pleth(second),
  ];
}

function pleth(second: LiveSecond): Finding {
  const { samples: sample, gaps } = second.pleth;
  const strip = { periodMs: PLETH_PERIOD, scale: ONE, offset: ZERO, unit: '1', sample: [...sample], gap: [...gaps] };
  const end = second.from + Math.round((sample.length * 1000) / 60);
  return samples(mdc('MDC_PULS_OXIM_PLETH'), strip, {
    at: { unixMs: second.from, endUnixMs: end, quality: v1.TimeQuality.TIME_QUALITY_TABLET },
    source: LIVE_FIELD,
    freshFor: FRESH_FOR_MS,
  });
}

type StatusFlag = 'probeError' | 'searchingPulse' | 'searchingTooLong' | 'lowSpo2';

const STATUS: readonly (readonly [StatusFlag, OneBoxTerm, NonNullable<Alert['severity']>])[] = [
  ['probeError', 'oximeter.probe-error', v1.Severity.SEVERITY_CHECK],
  ['searchingPulse', 'oximeter.searching', v1.Severity.SEVERITY_NOTE],
  ['searchingTooLong', 'oximeter.searching-too-long', v1.Severity.SEVERITY_CHECK],
  ['lowSpo2', 'oximeter.low-spo2', v1.Severity.SEVERITY_CHECK],
];

/** The states of the device as alerts: one when a state begins, and one with the same start when it ends. */
export class StatusAlerts {
  private readonly since = new Map<StatusFlag, number>();

  update(second: LiveSecond): Finding[] {
    const found: Finding[] = [];
    for (const [flag, name, severity] of STATUS) {
      const began = this.since.get(flag);
      if (second[flag] === (began !== undefined)) continue;
      if (second[flag]) this.since.set(flag, second.from);
      else this.since.delete(flag);
      found.push(
        alert({
          code: term(name),
          origin: v1.Alert.Origin.ORIGIN_DEVICE,
          severity,
          state: second[flag] ? v1.Alert.State.STATE_ACTIVE : v1.Alert.State.STATE_ENDED,
          since: { unixMs: began ?? second.from, quality: v1.TimeQuality.TIME_QUALITY_TABLET },
          source: { origin: v1.Source.Origin.ORIGIN_LIVE, field: LIVE_FIELD },
        }),
      );
    }
    return found;
  }
}

export function lineFindings(percent: number | undefined, rejects: number, at: number): Finding[] {
  if (percent === undefined) return [];
  const details: Details = { at, source: 'line', origin: 'derived' };
  return [
    statistic(term('line.quality'), percent, '%', details),
    statistic(term('line.rejects'), rejects, '{count}', details),
  ];
}

/**
 * A stretch of the recording in the device: one value per second. The device does not say when it was made,
 * so only the order is known.
 */
export function storedFindings(points: readonly StoredPoint[], order: number): Finding[] {
  const time = { quality: v1.TimeQuality.TIME_QUALITY_ORDER_ONLY, order };
  const track = (code: Code, unit: string, pick: (point: StoredPoint) => number | undefined): Finding[] => {
    if (points.every((point) => pick(point) === undefined)) return [];
    const gap = points.flatMap((point, first) => (pick(point) === undefined ? [{ first, count: 1 }] : []));
    const sample = points.map((point) => pick(point) ?? 0);
    const strip = { periodMs: { coefficient: 1000, exponent: 0 }, scale: ONE, offset: ZERO, unit, sample, gap };
    return [samples(code, strip, { at: time, source: 'stored packets 0F, 09', origin: 'stored' })];
  };
  return [
    ...track(SPO2, '%', (point) => usableSpo2(point.spo2)),
    ...track(PULSE_RATE, '{beats}/min', (point) => usablePulseRate(point.pulseRate)),
    ...track(term('oximeter.perfusion-index-raw'), '1', (point) => point.perfusionIndexRaw),
  ];
}
