import { convert } from '@onebox/protocol/units.js';
import { type Fact, type Facts, keyOf } from '../facts.js';
import { mdc, own } from '../keys.js';
import type { CandidateRule } from '../lead.js';
import type { Phrase, Tile, Value } from '../model.js';
import { phraseTile, type TileSpec, tileOf, toNumber } from '../tile.js';
import { codeValue, numberValue, printable, timeValue } from '../values.js';
import type { ClassCard } from './class-card.js';
import { dated, timed, valued } from './phrases.js';
import { ageTile } from './vitals.js';

/** Continuous glucose monitor (UX specification, section 7). A value older than 30 minutes is not the lead line. */

const GLUCOSE = mdc('CONC_GLU_ISF');
const TREND = own('glucose.trend');
const RATE = mdc('CONC_GLU_TREND');
const LOW = [own('cgm.below-patient-low'), own('cgm.below-hypo')];
const MINUTE = 60_000;
const LEAD_MS = 30 * MINUTE;

const isLow = ({ value }: Fact) => (value.qualifier ?? []).some((code) => LOW.includes(keyOf(code)));
const timeOf = ({ value }: Fact) => value.time?.unixMs || 0;

/** Rises, falls: the word of the device, or else the rate that it states. */
function trend(facts: Facts): readonly Value[] {
  return [TREND, RATE].flatMap((key) => {
    const printed = facts.latest(key)?.value;
    const value = printed && printable(printed).value;
    return value ? [value] : [];
  });
}

/** The same concentration in the other unit, as rounded as meters show it. */
function otherUnit({ value: { numeric } }: Fact): readonly Value[] {
  if (!numeric?.value || (numeric.unit !== 'mg/dL' && numeric.unit !== 'mmol/L')) return [];
  const target = numeric.unit === 'mg/dL' ? 'mmol/L' : 'mg/dL';
  const rounding = { digits: target === 'mg/dL' ? 0 : 1, rounding: 'half-up', substance: 'glucose' } as const;
  const { coefficient = 0, exponent = 0 } = numeric.value;
  const other = convert({ coefficient: coefficient ?? 0, exponent: exponent ?? 0 }, numeric.unit, target, rounding);
  return [numberValue({ value: other, unit: target })];
}

const glucoseTile: TileSpec = {
  id: 'glucose',
  from: [GLUCOSE],
  build: (facts) => {
    const fact = facts.latest(GLUCOSE);
    if (!fact) return undefined;
    const alerts = [
      own('alert.glucose-low'),
      own('alert.glucose-high'),
      own('alert.glucose-urgent-low'),
      own('alert.glucose-urgent-high'),
    ];
    const tile = tileOf('glucose', fact, facts, [], alerts);
    return { ...tile, also: [...tile.also, ...otherUnit(fact), ...trend(facts)] };
  },
};

const lastLowTile: TileSpec = {
  id: 'last-low',
  from: [],
  build: (facts): Tile | undefined => {
    const values = facts.every(GLUCOSE).filter(({ value }) => !value.samples);
    const low = values.filter(isLow).reduce<Fact | undefined>(later, undefined);
    if (!low) return undefined;
    const time = timeValue(low.value.time);
    if (!time) return undefined;
    const evidence: Phrase[] = low.value.numeric?.value
      ? [{ id: 'ev.value', params: { value: numberValue(low.value.numeric) } }]
      : [];
    return phraseTile('last-low', { kind: 'time', time }, { evidence, time, receivedAt: low.receivedAt });
  },
};

const later = (newest: Fact | undefined, fact: Fact) => (newest && timeOf(newest) > timeOf(fact) ? newest : fact);

/** Lowest and highest of the last three hours; the window draws the line between from the same values. */
const lastHoursTile: TileSpec = {
  id: 'last-3-h',
  from: [],
  build: (facts): Tile | undefined => {
    const values = facts.every(GLUCOSE).filter(({ value }) => value.numeric?.value && value.time?.unixMs);
    const newest = Math.max(...values.map(timeOf));
    const recent = values.filter((fact) => timeOf(fact) >= newest - 180 * MINUTE);
    const sorted = recent.toSorted((a, b) => toNumber(a.value.numeric?.value) - toNumber(b.value.numeric?.value));
    const [low, high] = [sorted[0]?.value.numeric, sorted.at(-1)?.value.numeric];
    if (!low || !high || low.unit !== high.unit || recent.length < 2) return undefined;
    const [first, last] = [numberValue(low), numberValue(high)];
    if (first.kind !== 'number' || last.kind !== 'number') return undefined;
    const range: Value = { kind: 'range', low: first.text, high: last.text, unit: first.unit };
    return phraseTile('last-3-h', range, {
      evidence: [{ id: 'ev.values', params: { count: { kind: 'count', count: recent.length } } }],
      receivedAt: recent.at(-1)?.receivedAt ?? 0,
    });
  },
};

const LIMITS: readonly (readonly [string, 'ev.limit-low' | 'ev.limit-high'])[] = [
  [mdc('CONC_GLU_THRESHOLD_HYPO'), 'ev.limit-low'],
  [mdc('CONC_GLU_PATIENT_THRESHOLD_HIGH'), 'ev.limit-high'],
  [mdc('CONC_GLU_THRESHOLD_HYPER'), 'ev.limit-high'],
];

const alertsSetTile: TileSpec = {
  id: 'alerts-set',
  from: [mdc('CONC_GLU_PATIENT_THRESHOLD_LOW'), ...LIMITS.map(([key]) => key)],
  evidence: (facts, { value }) =>
    LIMITS.flatMap(([key, id]) => (keyOf(value.code) === key ? [] : valued(id, facts, key))),
};

/** Low or high as the device itself reports it, with the value if it is recent. */
const glucoseAlert: CandidateRule = (facts, now) => {
  const names = ['urgent-low', 'low', 'urgent-high', 'high'] as const;
  const alert = names.map((name) => facts.alert(own(`alert.glucose-${name}`))).find((found) => found !== undefined);
  if (!alert) return undefined;
  const fact = facts.latest(GLUCOSE);
  const recent = fact?.value.numeric?.value && now - timeOf(fact) <= LEAD_MS ? fact : undefined;
  const urgent = keyOf(alert.code) === own('alert.glucose-urgent-low');
  return {
    severity: urgent ? 'critical' : 'check',
    title: { id: 'lead.alert', params: { what: codeValue(alert.code ?? {}) } },
    details: recent
      ? [
          { id: 'ev.value', params: { value: numberValue(recent.value.numeric ?? {}) } },
          ...timed('ev.at', recent.value.time),
        ]
      : [],
    covers: names.map((name) => own(`alert.glucose-${name}`)),
  };
};

const ENDED = [
  own('cgm.sensor-state.expired'),
  own('cgm.sensor-state.stopped'),
  own('cgm.sensor-state.failed'),
  own('cgm.sensor-state.no-sensor'),
  own('cgm.sensor-state.warming-up'),
];

/** A sensor that does not measure. */
const sensorState: CandidateRule = (facts) => {
  const state = facts.latest(own('cgm.sensor-state'))?.value;
  if (!state?.coded || !ENDED.includes(keyOf(state.coded))) return undefined;
  return {
    severity: 'check',
    title: { id: 'lead.alert', params: { what: codeValue(state.coded) } },
    details: dated('ev.since', facts, own('cgm.session-start')),
    covers: [own('alert.sensor-stopped'), own('alert.sensor-expired'), own('alert.sensor-fault')],
  };
};

export const cgmCard: ClassCard = {
  lead: [glucoseAlert, sensorState],
  tiles: [
    glucoseTile,
    ageTile(GLUCOSE),
    lastHoursTile,
    lastLowTile,
    {
      id: 'sensor-state',
      from: [own('cgm.sensor-state')],
      alerts: [own('alert.sensor-stopped'), own('alert.sensor-expired'), own('alert.sensor-fault')],
      evidence: (facts) => [
        ...dated('ev.since', facts, own('cgm.session-start')),
        ...dated('ev.ends', facts, own('cgm.sensor-expires')),
      ],
    },
    { id: 'calibration', from: [own('cgm.calibration')], alerts: [own('alert.calibration-required')] },
    {
      id: 'battery',
      from: [mdc('ATTR_VAL_BATT_CHARGE'), own('battery.percent')],
      alerts: [own('alert.battery-low'), own('alert.battery-empty')],
    },
    alertsSetTile,
  ],
};
