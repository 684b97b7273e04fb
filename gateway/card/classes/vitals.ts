import { keyOf } from '../facts.js';
import { mdc, own } from '../keys.js';
import type { CandidateRule } from '../lead.js';
import type { Tile } from '../model.js';
import { phraseTile, type TileSpec, tileOf, toNumber } from '../tile.js';
import { codeValue } from '../values.js';
import type { ClassCard } from './class-card.js';
import { valued } from './phrases.js';

/** Worn devices that measure vital signs. None of them is a monitor here: spot values with their age. */

const battery: TileSpec = {
  id: 'battery',
  from: [mdc('ATTR_VAL_BATT_CHARGE'), own('battery.percent')],
  alerts: [own('alert.battery-low'), own('alert.battery-empty')],
};
const sensorTile: TileSpec = {
  id: 'sensor',
  from: [
    own('heart-rate.sensor-contact'),
    own('body-sensor-location'),
    own('temperature.site'),
    mdc('PULS_OXIM_DEV_STATUS'),
  ],
  also: [own('body-sensor-location')],
};
const pulse: TileSpec = {
  id: 'pulse',
  from: [mdc('PULS_OXIM_PULS_RATE'), mdc('PULS_RATE_NON_INV'), mdc('ECG_HEART_RATE')],
};

/** Maker, model and firmware as the device says them. */
export const makerTile: TileSpec = {
  id: 'identity',
  from: [],
  build: (facts): Tile | undefined => {
    const { manufacturer, model } = facts.identity ?? {};
    const text = [manufacturer, model].filter(Boolean).join(' ');
    return text ? phraseTile('identity', { kind: 'device-text', text }) : undefined;
  },
};
export const firmwareTile: TileSpec = {
  id: 'firmware',
  from: [],
  build: (facts): Tile | undefined => {
    const text = facts.identity?.firmware || facts.identity?.software;
    return text ? phraseTile('firmware', { kind: 'device-text', text }) : undefined;
  },
};

/** How old the newest value of these codes is; the user interface counts on. */
export function ageTile(...keys: string[]): TileSpec {
  return {
    id: 'age',
    from: [],
    build: (facts) => {
      const newest = keys.map((key) => facts.latest(key)).find((fact) => fact !== undefined);
      if (!newest) return undefined;
      const { time, receivedAt, freshForMs } = tileOf('age', newest, facts);
      return time
        ? phraseTile('age', { kind: 'time', time }, { time, freshForMs, ...(receivedAt ? { receivedAt } : {}) })
        : undefined;
    },
  };
}

/** The lowest value since the read began. */
function lowestTile(key: string): TileSpec {
  return {
    id: 'lowest',
    from: [],
    build: (facts) => {
      const usable = facts.every(key).filter(({ value }) => value.numeric?.value);
      const lowest = usable.reduce<(typeof usable)[number] | undefined>(
        (low, fact) => (low && toNumber(low.value.numeric?.value) <= toNumber(fact.value.numeric?.value) ? low : fact),
        undefined,
      );
      return lowest && usable.length > 1 ? { ...tileOf('lowest', lowest, facts), freshForMs: 0 } : undefined;
    },
  };
}

const OXIMETER_STATES = [
  own('oximeter.probe-off'),
  own('oximeter.probe-error'),
  own('oximeter.sensor-disconnected'),
  own('oximeter.sensor-unconnected'),
  own('oximeter.searching'),
];

/** The state that a crew meets first: no finger, no pulse found yet. */
const oximeterState: CandidateRule = (facts) => {
  const alert = facts.activeAlerts.find(({ code }) => OXIMETER_STATES.includes(keyOf(code)));
  return alert
    ? {
        severity: 'check',
        title: { id: 'lead.alert', params: { what: codeValue(alert.code ?? {}) } },
        details: [],
        covers: [keyOf(alert.code)],
      }
    : undefined;
};

export const pulseOximeterCard: ClassCard = {
  lead: [oximeterState],
  tiles: [
    { id: 'spo2', from: [mdc('PULS_OXIM_SAT_O2')] },
    pulse,
    { id: 'signal-quality', from: [own('oximeter.signal-quality')] },
    { id: 'perfusion-index', from: [mdc('PULS_OXIM_PERF_REL'), own('oximeter.perfusion-index-raw')] },
    ageTile(mdc('PULS_OXIM_SAT_O2'), mdc('PULS_OXIM_PULS_RATE')),
    lowestTile(mdc('PULS_OXIM_SAT_O2')),
    sensorTile,
    battery,
  ],
};

export const bloodPressureCard: ClassCard = {
  lead: [],
  tiles: [
    {
      id: 'blood-pressure',
      from: [mdc('PRESS_BLD_NONINV')],
      evidence: (facts) => valued('ev.status', facts, own('blood-pressure.status')),
    },
    pulse,
    { id: 'status', from: [own('blood-pressure.status'), mdc('BLOOD_PRESSURE_MEASUREMENT_STATUS')] },
    ageTile(mdc('PRESS_BLD_NONINV')),
    { id: 'user', from: [own('blood-pressure.user')] },
    battery,
    makerTile,
    firmwareTile,
  ],
};

const TEMPERATURES = (
  [
    'TEMP_BODY',
    'TEMP_TYMP',
    'TEMP_RECT',
    'TEMP_ORAL',
    'TEMP_EAR',
    'TEMP_FINGER',
    'TEMP_TOE',
    'TEMP_AXILLA',
    'TEMP_GIT',
  ] as const
).map(mdc);

export const thermometerCard: ClassCard = {
  lead: [],
  tiles: [
    { id: 'temperature', from: TEMPERATURES, evidence: (facts) => valued('ev.site', facts, own('temperature.site')) },
    { id: 'site', from: [own('temperature.site')] },
    ageTile(...TEMPERATURES),
    { id: 'intermediate', from: [own('temperature.intermediate')] },
    lowestTile(TEMPERATURES[0] ?? ''),
    battery,
    makerTile,
    firmwareTile,
  ],
};

export const heartRateCard: ClassCard = {
  lead: [],
  tiles: [
    { id: 'heart-rate', from: [mdc('ECG_HEART_RATE'), mdc('PULS_RATE_NON_INV')] },
    { id: 'contact', from: [own('heart-rate.sensor-contact')] },
    { id: 'site', from: [own('body-sensor-location')] },
    { id: 'rr-interval', from: [own('heart-rate.rr-interval')] },
    ageTile(mdc('ECG_HEART_RATE')),
    { id: 'energy', from: [own('heart-rate.energy-expended')] },
    battery,
    makerTile,
  ],
};

export const scaleCard: ClassCard = {
  lead: [],
  tiles: [
    { id: 'weight', from: [mdc('MASS_BODY_ACTUAL')] },
    { id: 'body-fat', from: [mdc('BODY_FAT')] },
    { id: 'body-mass-index', from: [mdc('RATIO_MASS_BODY_LEN_SQ')] },
    { id: 'height', from: [mdc('LEN_BODY_ACTUAL')] },
    ageTile(mdc('MASS_BODY_ACTUAL')),
    battery,
    makerTile,
    firmwareTile,
  ],
};
