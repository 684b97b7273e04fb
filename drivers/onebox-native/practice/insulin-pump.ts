import { component, episode, identity, numeric } from '@onebox/driver-sdk/findings.js';
import { mdc, term } from '@onebox/protocol/codes.js';
import type { Finding } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/messages.js';
import type { OneBoxTerm } from '@onebox/protocol/nomenclature/onebox-terms.js';
import { DAY, DeviceWords, HOUR, type Memory, MINUTE, type PracticePatient } from './patient.js';

/**
 * Practice insulin pump: its user suspended delivery 42 min ago, three minutes after an occlusion alarm. The glucose
 * sensor that is linked to it is low and falling. The pump's clock is 4 min fast.
 */
const OFFSET = 4 * MINUTE;
const MODEL = 'Practice Pump X';
const SERIAL = 'PRACTICE-0093';
const SUSPENDED = 42 * MINUTE;
const OCCLUSION = 45 * MINUTE;
const LAST_BOLUS = HOUR + 34 * MINUTE;
const SET_CHANGED = 2 * DAY + 4 * HOUR;
const GLUCOSE = 3 * MINUTE;

export const insulinPump: PracticePatient = {
  key: 'pump',
  name: 'Practice Pump X',
  deviceClass: 'insulin-pump',
  serial: SERIAL,
  clockOffsetMs: OFFSET,
  read: (now) => memory(new DeviceWords(now, OFFSET)),
};

/** Glucose of the last 3 h, every 5 min, in 0.1 mmol/L. */
const LAST_HOURS = [
  112, 115, 118, 121, 122, 121, 119, 116, 112, 108, 103, 99, 95, 91, 88, 85, 82, 79, 76, 73, 70, 67, 64, 61, 58, 55, 52,
  50, 47, 45, 42, 40, 38, 36, 34, 31,
];

function memory(words: DeviceWords): Memory {
  const sensor = { unit: 'mmol/L', exponent: -1, periodMs: 5 * MINUTE, component: 'sensor' } as const;
  return {
    identity: who(),
    critical: critical(words),
    present: present(words),
    settings: settings(words),
    trends: [
      words.trend(mdc('MDC_CONC_GLU_ISF'), { ...sensor, values: LAST_HOURS, lastAgo: GLUCOSE }, 'history.glucose'),
    ],
    episodes: [
      event(words, 3, SUSPENDED, 'insulin.delivery.suspended', 'SUSPEND BY USER'),
      event(words, 2, OCCLUSION, 'alert.occlusion', 'OCCLUSION'),
      event(words, 1, SET_CHANGED, 'insulin.infusion-set-changed', 'SET CHANGE'),
    ],
    memory: [
      words.trend(
        mdc('MDC_CONC_GLU_ISF'),
        { ...sensor, values: LAST_HOURS.map((value) => value + 9), lastAgo: 3 * HOUR + GLUCOSE },
        'history.glucose.older',
      ),
    ],
  };
}

function who(): Finding[] {
  const { KIND_GENERATOR, KIND_BATTERY, KIND_RESERVOIR, KIND_SENSOR } = v1.Component.Kind;
  const maker = { manufacturer: 'OneBox Practice' };
  return [
    identity({
      deviceClass: 'insulin-pump',
      type: mdc('MDC_DEV_SPEC_PROFILE_INSULIN_PUMP'),
      ...maker,
      model: MODEL,
      serial: SERIAL,
      firmware: '1.0.0',
      practice: true,
    }),
    component({ id: 'pump', kind: KIND_GENERATOR, instance: 1, ...maker, model: MODEL, serial: SERIAL }),
    component({ id: 'battery', kind: KIND_BATTERY, instance: 1, parentId: 'pump' }),
    component({ id: 'reservoir', kind: KIND_RESERVOIR, instance: 1, parentId: 'pump' }),
    component({
      id: 'sensor',
      kind: KIND_SENSOR,
      instance: 1,
      parentId: 'pump',
      ...maker,
      model: 'Practice CGM',
      serial: 'PRACTICE-G220',
    }),
  ];
}

function critical(words: DeviceWords): Finding[] {
  return [
    words.warning(term('alert.delivery-suspended'), {
      severity: 'check',
      since: SUSPENDED,
      vendorText: 'Suspended by user',
    }),
    words.warning(term('alert.occlusion'), {
      severity: 'check',
      since: OCCLUSION,
      ended: true,
      vendorText: 'Occlusion',
    }),
    words.state(term('insulin.delivery'), term('insulin.delivery.suspended'), 'delivery.state'),
    words.date(term('insulin.suspended-since'), SUSPENDED, 'delivery.since'),
    words.state(term('insulin.suspended-by'), term('insulin.suspended-by.user'), 'delivery.changed.by', {
      ago: SUSPENDED,
    }),
    words.measured(term('insulin.on-board'), '3.2', '[iU]', 'iob', { validity: 'estimated', freshFor: 5 * MINUTE }),
    words.measured(mdc('MDC_INS_BOLUS'), '6.5', '[iU]', 'bolus.last', { ago: LAST_BOLUS }),
    words.measured(mdc('MDC_CONC_GLU_ISF'), '3.1', 'mmol/L', 'sensor.glucose', {
      ago: GLUCOSE,
      component: 'sensor',
      freshFor: 10 * MINUTE,
    }),
    words.state(term('glucose.trend'), term('glucose.trend.falling'), 'sensor.trend', {
      ago: GLUCOSE,
      component: 'sensor',
      freshFor: 10 * MINUTE,
    }),
  ];
}

function present(words: DeviceWords): Finding[] {
  return [
    words.programmed(mdc('MDC_INS_BASAL_RATE_SETTING'), '0.85', '[iU]/h', 'basal.set'),
    words.measured(mdc('MDC_INS_BASAL'), '0.00', '[iU]/h', 'basal.now'),
    words.choice(term('insulin.automation'), term('insulin.automation.off'), 'automation', { ago: SUSPENDED }),
    words.measured(mdc('MDC_INS_RESERVOIR'), 84, '[iU]', 'reservoir', { component: 'reservoir' }),
    words.measured(mdc('MDC_ATTR_VAL_BATT_CHARGE'), 71, '%', 'battery.charge', { component: 'battery' }),
    words.measured(term('insulin.infusion-set-age'), SET_CHANGED / HOUR, 'h', 'set.age'),
    words.date(term('insulin.infusion-set-changed'), SET_CHANGED, 'set.changed'),
    words.measured(mdc('MDC_CONC_GLU_TREND'), '-0.11', 'mmol/L/min', 'sensor.rate', {
      ago: GLUCOSE,
      component: 'sensor',
      freshFor: 10 * MINUTE,
    }),
    words.measured(mdc('MDC_CGM_SENSOR_RUN_TIME'), 98, 'h', 'sensor.age', { component: 'sensor' }),
  ];
}

function settings(words: DeviceWords): Finding[] {
  return [
    words.programmed(mdc('MDC_INS_CONC'), 100, '[iU]/mL', 'insulin.concentration'),
    ...['0.80', '1.05', '0.85', '0.90'].map((rate, instance) =>
      words.programmed(mdc('MDC_INS_BASAL_RATE_SCHED'), rate, '[iU]/h', `basal.${instance + 1}`, { instance }),
    ),
    words.programmed(mdc('MDC_CONC_GLU_PATIENT_THRESHOLD_LOW'), '3.9', 'mmol/L', 'sensor.low', { component: 'sensor' }),
    words.programmed(mdc('MDC_CONC_GLU_PATIENT_THRESHOLD_HIGH'), '13.9', 'mmol/L', 'sensor.high', {
      component: 'sensor',
    }),
    words.programmed(term('insulin.bolus-limit'), '10.0', '[iU]', 'bolus.max'),
  ];
}

function event(words: DeviceWords, number: number, ago: number, type: OneBoxTerm, vendorType: string): Finding {
  const source = { origin: v1.Source.Origin.ORIGIN_STORED, field: `event ${number}` };
  return episode({
    id: `event.${number}`,
    number,
    time: words.ago(ago),
    type: term(type),
    vendorType,
    source,
    ...(number === 2 ? { duration: numeric(180, 's') } : {}),
  });
}
