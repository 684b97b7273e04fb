import { component, episode, identity, numeric } from '@onebox/driver-sdk/findings.js';
import { mdc, term } from '@onebox/protocol/codes.js';
import type { Finding } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/messages.js';
import { battery, channelSettings, impedances, rhythmNow } from './cardiac.js';
import { presenting, shocked, stripFindings } from './icd-strips.js';
import { DAY, DeviceWords, HOUR, type Memory, MINUTE, type PracticePatient, SECOND } from './patient.js';

/**
 * Practice ICD: two shocks for ventricular fibrillation today, each of which ended it. The impedance of the lead
 * in the right ventricle is above the limit that is programmed in the device. The device clock is 1 h 02 min slow.
 * Whether it is safe in an MR scanner, it does not say.
 */
export interface IcdVariant {
  readonly key: string;
  readonly name: string;
  readonly serial: string;
  readonly seed: number;
}

const OFFSET = -(HOUR + 2 * MINUTE);
const MODEL = 'Practice ICD VR';
/** Milliseconds before now of the two shocks of today, and of an older episode. */
const LAST_SHOCK = 23 * MINUTE;
const FIRST_SHOCK = 41 * MINUTE;
const OLD_EPISODE = 9 * DAY + 3 * HOUR;
const RECENT = { ago: 30 * DAY, until: 0 };

export function icd(
  { key, name, serial, seed }: IcdVariant = {
    key: 'icd',
    name: 'Practice ICD VR',
    serial: 'PRACTICE-4417',
    seed: 4417,
  },
): PracticePatient {
  return {
    key,
    name,
    serial,
    deviceClass: 'icd',
    clockOffsetMs: OFFSET,
    read: (now) => memory(new DeviceWords(now, OFFSET), serial, seed),
  };
}

function memory(words: DeviceWords, serial: string, seed: number): Memory {
  return {
    identity: who(words, serial),
    critical: critical(words),
    present: present(words),
    settings: settings(words),
    trends: [
      impedances(words, 'RV', 'lead.rv', [530, 527, 534, 529, 531, 526, 533, 530, 528, 535, 531, 529, 1480, 1990]),
    ],
    episodes: episodes(words, seed),
    memory: [
      impedances(
        words,
        'RV',
        'lead.rv',
        Array.from({ length: 60 }, (_, day) => 520 + ((day * 7) % 17)),
        15,
      ),
    ],
  };
}

function who(words: DeviceWords, serial: string): Finding[] {
  const { KIND_LEAD, KIND_BATTERY, KIND_ZONE, KIND_GENERATOR, KIND_CHANNEL } = v1.Component.Kind;
  const maker = { manufacturer: 'OneBox Practice' };
  const implanted = words.ago(1127 * DAY);
  return [
    identity({
      deviceClass: 'icd',
      type: mdc('MDC_IDC_ENUM_DEV_TYPE_ICD'),
      ...maker,
      model: MODEL,
      serial,
      firmware: '1.0.0',
      implanted,
      practice: true,
    }),
    component({ id: 'generator', kind: KIND_GENERATOR, instance: 1, ...maker, model: MODEL, serial }),
    component({ id: 'battery', kind: KIND_BATTERY, instance: 1, parentId: 'generator' }),
    component({
      id: 'lead.rv',
      kind: KIND_LEAD,
      instance: 1,
      parentId: 'generator',
      location: term('chamber.rv'),
      ...maker,
      model: 'Practice Lead 65',
      serial: 'PRACTICE-L612',
    }),
    component({ id: 'channel.hv', kind: KIND_CHANNEL, instance: 1, parentId: 'lead.rv', location: term('chamber.rv') }),
    component({ id: 'zone.vf', kind: KIND_ZONE, instance: 1, parentId: 'generator' }),
    component({ id: 'zone.vt', kind: KIND_ZONE, instance: 2, parentId: 'generator' }),
  ];
}

const LEAD_LIMIT = {
  kind: v1.Limit.Kind.KIND_HIGH,
  value: numeric(1500, 'Ohm'),
  owner: v1.Limit.Owner.OWNER_DEVICE,
  reference: 'alert.rv.impedance.high',
};

function critical(words: DeviceWords): Finding[] {
  return [
    words.warning(term('alert.shock-delivered'), {
      severity: 'critical',
      since: LAST_SHOCK,
      vendorText: 'Shock delivered',
      more: { value: numeric(2, '{shocks}') },
    }),
    words.warning(term('alert.lead-impedance-high'), {
      severity: 'check',
      since: 19 * HOUR,
      vendorText: 'RV pacing impedance out of range',
      more: { componentId: 'lead.rv', value: numeric(1990, 'Ohm'), limit: LEAD_LIMIT },
    }),
    words.choice(mdc('MDC_IDC_SET_TACHYTHERAPY_VSTAT'), mdc('MDC_IDC_ENUM_THERAPY_STATUS_On'), 'tachy.status'),
    words.choice(mdc('MDC_IDC_SET_ZONE_STATUS'), mdc('MDC_IDC_ENUM_ZONE_STATUS_Active'), 'zone.1.status', {
      component: 'zone.vf',
    }),
    words.choice(mdc('MDC_IDC_SET_ZONE_STATUS'), mdc('MDC_IDC_ENUM_ZONE_STATUS_Active'), 'zone.2.status', {
      component: 'zone.vt',
    }),
    ...battery(words, { status: 'BOS', volts: '2.71', months: 62 }),
    words.choice(mdc('MDC_IDC_SET_MAGNET_RESP'), term('magnet.stops-shocks'), 'magnet.response'),
    words.programmed(term('magnet.delay-after-read'), 420, 's', 'magnet.delay'),
    words.choice(mdc('MDC_IDC_SET_BRADY_MODE'), mdc('MDC_IDC_ENUM_BRADY_MODE_VVI'), 'brady.mode'),
    words.programmed(mdc('MDC_IDC_SET_BRADY_LOWRATE'), 40, '{beats}/min', 'brady.rate'),
  ];
}

function present(words: DeviceWords): Finding[] {
  const lead = { component: 'lead.rv', origin: 'self-test', ago: 2 * MINUTE } as const;
  return [
    shockEpisode(words, 3, LAST_SHOCK),
    shockEpisode(words, 2, FIRST_SHOCK),
    words.measured(mdc('MDC_IDC_MSMT_LEADCHNL_RV_IMPEDANCE_VALUE'), 1990, 'Ohm', 'rv.impedance', {
      ...lead,
      limits: [LEAD_LIMIT],
    }),
    words.measured(mdc('MDC_IDC_MSMT_LEADHVCHNL_IMPEDANCE'), 48, 'Ohm', 'hv.impedance', {
      component: 'channel.hv',
      origin: 'self-test',
      ago: 2 * MINUTE,
    }),
    ...rhythmNow(words, 'VS', 78),
    words.counted(mdc('MDC_IDC_STAT_BRADY_RV_PERCENT_PACED'), 3, '%', 'stat.rv.paced', RECENT),
    words.counted(
      mdc('MDC_IDC_STAT_TACHYTHERAPY_SHOCKS_DELIVERED_RECENT'),
      2,
      '{shocks}',
      'stat.shocks.recent',
      RECENT,
    ),
    words.counted(mdc('MDC_IDC_STAT_TACHYTHERAPY_ATP_DELIVERED_RECENT'), 1, '{seq}', 'stat.atp.recent', RECENT),
    words.measured(mdc('MDC_IDC_MSMT_LEADCHNL_RV_SENSING_INTR_AMPL_MEAN'), '8.9', 'mV', 'rv.sensing', lead),
    words.measured(mdc('MDC_IDC_MSMT_LEADCHNL_RV_PACING_THRESHOLD_AMPLITUDE'), '1.25', 'V', 'rv.threshold', {
      ...lead,
      ago: 26 * HOUR,
    }),
    words.measured(mdc('MDC_IDC_MSMT_LEADCHNL_RV_PACING_THRESHOLD_PULSEWIDTH'), '0.4', 'ms', 'rv.threshold.width', {
      ...lead,
      ago: 26 * HOUR,
    }),
    words.measured(mdc('MDC_IDC_MSMT_CAP_CHARGE_TIME'), '7.4', 's', 'charge.time', { ago: LAST_SHOCK }),
    words.measured(mdc('MDC_IDC_MSMT_CAP_CHARGE_ENERGY'), 35, 'J', 'charge.energy', { ago: LAST_SHOCK }),
  ];
}

function shockEpisode(words: DeviceWords, number: number, ago: number): Finding {
  const shock = { code: term('therapy.shock'), energy: numeric(35, 'J'), count: 1, time: words.ago(ago) };
  return episode({
    id: `episode.${number}`,
    number,
    time: words.ago(ago + 12 * SECOND, ago - 4 * SECOND),
    type: term('episode.vf'),
    vendorType: 'VF',
    rate: numeric(284, '{beats}/min'),
    duration: numeric(16, 's'),
    therapy: [shock],
    outcome: mdc('MDC_IDC_ENUM_EPISODE_THERAPY_RESULT_Successful'),
    hasStrip: true,
    source: { origin: v1.Source.Origin.ORIGIN_STORED, field: `episode ${number}` },
  });
}

const SHOCK_ENERGY = [
  mdc('MDC_IDC_SET_ZONE_SHOCK_ENERGY_1'),
  mdc('MDC_IDC_SET_ZONE_SHOCK_ENERGY_2'),
  mdc('MDC_IDC_SET_ZONE_SHOCK_ENERGY_3'),
] as const;

function settings(words: DeviceWords): Finding[] {
  const zone = (
    id: string,
    number: number,
    type: 'VF' | 'VT',
    interval: number,
    beats: readonly [number, number],
    energies: readonly number[],
  ) => {
    const at = { component: id };
    return [
      words.choice(mdc('MDC_IDC_SET_ZONE_TYPE'), mdc(`MDC_IDC_ENUM_ZONE_TYPE_Zone_${type}`), `zone.${number}.type`, at),
      words.programmed(mdc('MDC_IDC_SET_ZONE_DETECTION_INTERVAL'), interval, 'ms', `zone.${number}.interval`, at),
      words.programmed(
        mdc('MDC_IDC_SET_ZONE_DETECTION_BEATS_NUMERATOR'),
        beats[0],
        '{beats}',
        `zone.${number}.beats`,
        at,
      ),
      words.programmed(
        mdc('MDC_IDC_SET_ZONE_DETECTION_BEATS_DENOMINATOR'),
        beats[1],
        '{beats}',
        `zone.${number}.window`,
        at,
      ),
      ...energies.map((energy, index) =>
        words.programmed(SHOCK_ENERGY[index] ?? SHOCK_ENERGY[0], energy, 'J', `zone.${number}.shock.${index + 1}`, at),
      ),
    ];
  };
  return [
    ...zone('zone.vf', 1, 'VF', 320, [18, 24], [35, 35, 35]),
    ...zone('zone.vt', 2, 'VT', 400, [16, 16], [20, 35, 35]),
    words.choice(mdc('MDC_IDC_SET_ZONE_TYPE_ATP_1'), mdc('MDC_IDC_ENUM_ATP_TYPE_Burst'), 'zone.2.atp', {
      component: 'zone.vt',
    }),
    words.programmed(mdc('MDC_IDC_SET_ZONE_NUM_ATP_SEQS_1'), 3, '{seq}', 'zone.2.atp.count', { component: 'zone.vt' }),
    ...channelSettings(words, 'RV', 'lead.rv', { amplitude: '2.5', width: '0.4', sensitivity: '0.3' }),
    words.none(mdc('MDC_IDC_SET_BRADY_HYSTRATE'), 'off', 'brady.hysteresis'),
    words.counted(mdc('MDC_IDC_STAT_TACHYTHERAPY_SHOCKS_DELIVERED_TOTAL'), 2, '{shocks}', 'stat.shocks.total', {
      ago: 1127 * DAY,
      until: 0,
    }),
    words.counted(mdc('MDC_IDC_STAT_TACHYTHERAPY_SHOCKS_ABORTED_TOTAL'), 0, '{shocks}', 'stat.aborted.total', {
      ago: 1127 * DAY,
      until: 0,
    }),
    words.counted(mdc('MDC_IDC_STAT_TACHYTHERAPY_ATP_DELIVERED_TOTAL'), 4, '{seq}', 'stat.atp.total', {
      ago: 1127 * DAY,
      until: 0,
    }),
    words.counted(mdc('MDC_IDC_STAT_EPISODE_TOTAL_COUNT'), 3, '{episodes}', 'stat.episodes.total', {
      ago: 1127 * DAY,
      until: 0,
    }),
  ];
}

function episodes(words: DeviceWords, seed: number): Finding[] {
  const pacing = { code: term('therapy.atp'), count: 1, time: words.ago(OLD_EPISODE - 6 * SECOND) };
  return [
    episode({
      id: 'episode.1',
      number: 1,
      time: words.ago(OLD_EPISODE, OLD_EPISODE - 9 * SECOND),
      type: mdc('MDC_IDC_ENUM_EPISODE_TYPE_Epis_VT'),
      vendorType: 'VT',
      rate: numeric(178, '{beats}/min'),
      duration: numeric(9, 's'),
      therapy: [pacing],
      outcome: mdc('MDC_IDC_ENUM_EPISODE_THERAPY_RESULT_Successful'),
      hasStrip: false,
      source: { origin: v1.Source.Origin.ORIGIN_STORED, field: 'episode 1' },
    }),
    ...stripFindings(words, shocked(seed + 3), 'episode.3', LAST_SHOCK),
    ...stripFindings(words, shocked(seed + 2), 'episode.2', FIRST_SHOCK),
    ...stripFindings(words, presenting(seed), '', 0),
  ];
}
