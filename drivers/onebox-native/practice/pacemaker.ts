import { component, episode, identity, numeric } from '@onebox/driver-sdk/findings.js';
import { mdc, term } from '@onebox/protocol/codes.js';
import type { Finding } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/messages.js';
import { battery, channelSettings, impedances, rhythmNow } from './cardiac.js';
import { highRate, pacedNow, stripFindings } from './icd-strips.js';
import { DAY, DeviceWords, HOUR, type Memory, MINUTE, type PracticePatient, SECOND } from './patient.js';

/**
 * Practice pacemaker at the time of replacement for 19 days: it changed itself from DDD 60 to VVI 65 to save its
 * battery, and paces almost every beat. Its clock is right within 20 s.
 */
const OFFSET = 20 * SECOND;
const MODEL = 'Practice Pulse DR';
const SERIAL = 'PRACTICE-7712';
const REPLACEMENT = 19 * DAY + 4 * HOUR;
const HIGH_RATE = 28 * MINUTE;
const MONTH = { ago: 30 * DAY, until: 0 };

export const pacemaker: PracticePatient = {
  key: 'pacemaker',
  name: 'Practice Pulse DR',
  deviceClass: 'pacemaker',
  serial: SERIAL,
  clockOffsetMs: OFFSET,
  read: (now) => memory(new DeviceWords(now, OFFSET)),
};

function memory(words: DeviceWords): Memory {
  return {
    identity: who(words),
    critical: critical(words),
    present: present(words),
    settings: settings(words),
    trends: [
      impedances(words, 'RV', 'lead.rv', [505, 508, 512, 506, 509, 511, 510]),
      impedances(words, 'RA', 'lead.ra', [428, 431, 427, 433, 429, 432, 430]),
      words.trend(
        mdc('MDC_IDC_MSMT_BATTERY_VOLTAGE'),
        {
          values: [271, 270, 268, 266, 263, 261, 259, 258],
          exponent: -2,
          unit: 'V',
          periodMs: 7 * DAY,
          lastAgo: DAY,
          component: 'battery',
        },
        'trend.battery',
      ),
    ],
    episodes: [
      ...stripFindings(words, highRate(7712), 'episode.1', HIGH_RATE),
      ...stripFindings(words, pacedNow(7713), '', 0),
    ],
    memory: [
      impedances(
        words,
        'RV',
        'lead.rv',
        Array.from({ length: 60 }, (_, day) => 500 + ((day * 5) % 13)),
        8,
      ),
    ],
  };
}

function who(words: DeviceWords): Finding[] {
  const { KIND_LEAD, KIND_BATTERY, KIND_GENERATOR } = v1.Component.Kind;
  const maker = { manufacturer: 'OneBox Practice' };
  return [
    identity({
      deviceClass: 'pacemaker',
      type: mdc('MDC_IDC_ENUM_DEV_TYPE_IPG'),
      ...maker,
      model: MODEL,
      serial: SERIAL,
      firmware: '1.0.0',
      implanted: words.ago(3102 * DAY),
      mriSafety: v1.MriSafety.MRI_SAFETY_MR_CONDITIONAL,
      mriConditions: '1.5 T',
      practice: true,
    }),
    component({ id: 'generator', kind: KIND_GENERATOR, instance: 1, ...maker, model: MODEL, serial: SERIAL }),
    component({ id: 'battery', kind: KIND_BATTERY, instance: 1, parentId: 'generator' }),
    component({
      id: 'lead.ra',
      kind: KIND_LEAD,
      instance: 1,
      parentId: 'generator',
      location: term('chamber.ra'),
      ...maker,
      model: 'Practice Lead 52',
      serial: 'PRACTICE-L101',
    }),
    component({
      id: 'lead.rv',
      kind: KIND_LEAD,
      instance: 2,
      parentId: 'generator',
      location: term('chamber.rv'),
      ...maker,
      model: 'Practice Lead 58',
      serial: 'PRACTICE-L102',
    }),
  ];
}

function critical(words: DeviceWords): Finding[] {
  return [
    words.warning(term('alert.battery-replacement'), {
      severity: 'check',
      since: REPLACEMENT,
      vendorText: 'Elective replacement',
      more: { componentId: 'battery' },
    }),
    ...battery(words, { status: 'RRT', volts: '2.58' }),
    words.date(mdc('MDC_IDC_MSMT_BATTERY_RRT_REACHED_DTM'), REPLACEMENT, 'battery.rrt.since', { component: 'battery' }),
    words.date(term('battery.replacement-since'), REPLACEMENT, 'battery.rrt.since', { component: 'battery' }),
    words.choice(mdc('MDC_IDC_SET_BRADY_MODE'), mdc('MDC_IDC_ENUM_BRADY_MODE_VVI'), 'brady.mode'),
    words.programmed(mdc('MDC_IDC_SET_BRADY_LOWRATE'), 65, '{beats}/min', 'brady.rate'),
    words.state(term('brady-mode.now'), mdc('MDC_IDC_ENUM_BRADY_MODE_VVI'), 'brady.mode.now'),
    words.measured(term('brady-rate.now'), 65, '{beats}/min', 'brady.rate.now'),
    words.choice(term('brady-mode.before'), mdc('MDC_IDC_ENUM_BRADY_MODE_DDD'), 'brady.mode.before', {
      ago: REPLACEMENT,
    }),
    words.programmed(term('brady-rate.before'), 60, '{beats}/min', 'brady.rate.before', { ago: REPLACEMENT }),
    words.choice(mdc('MDC_IDC_SET_MAGNET_RESP'), term('magnet.asynchronous-pacing'), 'magnet.response'),
    words.programmed(term('magnet.rate'), 65, '{beats}/min', 'magnet.rate'),
    words.programmed(term('magnet.delay-after-read'), 90, 's', 'magnet.delay'),
  ];
}

function present(words: DeviceWords): Finding[] {
  const tested = (part: string, ago: number) => ({ component: part, origin: 'self-test', ago }) as const;
  return [
    episode({
      id: 'episode.1',
      number: 1,
      time: words.ago(HIGH_RATE, HIGH_RATE - 10 * SECOND),
      type: term('episode.high-ventricular-rate'),
      vendorType: 'HVR',
      rate: numeric(163, '{beats}/min'),
      duration: numeric(10, 's'),
      hasStrip: true,
      source: { origin: v1.Source.Origin.ORIGIN_STORED, field: 'episode 1' },
    }),
    ...rhythmNow(words, 'VP', 65),
    words.counted(mdc('MDC_IDC_STAT_BRADY_RV_PERCENT_PACED'), 99, '%', 'stat.rv.paced', MONTH),
    words.measured(
      mdc('MDC_IDC_MSMT_LEADCHNL_RV_PACING_THRESHOLD_AMPLITUDE'),
      '0.75',
      'V',
      'rv.threshold',
      tested('lead.rv', 10 * DAY),
    ),
    words.measured(
      mdc('MDC_IDC_MSMT_LEADCHNL_RV_PACING_THRESHOLD_PULSEWIDTH'),
      '0.4',
      'ms',
      'rv.threshold.width',
      tested('lead.rv', 10 * DAY),
    ),
    words.measured(mdc('MDC_IDC_MSMT_LEADCHNL_RV_IMPEDANCE_VALUE'), 510, 'Ohm', 'rv.impedance', tested('lead.rv', DAY)),
    words.measured(mdc('MDC_IDC_MSMT_LEADCHNL_RA_IMPEDANCE_VALUE'), 430, 'Ohm', 'ra.impedance', tested('lead.ra', DAY)),
    words.measured(
      mdc('MDC_IDC_MSMT_LEADCHNL_RA_SENSING_INTR_AMPL_MEAN'),
      '2.1',
      'mV',
      'ra.sensing',
      tested('lead.ra', DAY),
    ),
    words.counted(mdc('MDC_IDC_STAT_BRADY_RA_PERCENT_PACED'), 0, '%', 'stat.ra.paced', MONTH),
  ];
}

function settings(words: DeviceWords): Finding[] {
  return [
    ...channelSettings(words, 'RV', 'lead.rv', { amplitude: '2.0', width: '0.4', sensitivity: '2.0' }),
    ...channelSettings(words, 'RA', 'lead.ra', { amplitude: '2.0', width: '0.4', sensitivity: '0.5' }),
    words.none(mdc('MDC_IDC_SET_BRADY_MAX_TRACKING_RATE'), 'off', 'brady.tracking'),
    words.none(mdc('MDC_IDC_SET_BRADY_HYSTRATE'), 'off', 'brady.hysteresis'),
    words.counted(mdc('MDC_IDC_STAT_AT_BURDEN_PERCENT'), '1.2', '%', 'stat.at.burden', MONTH),
    words.counted(mdc('MDC_IDC_STAT_EPISODE_TOTAL_COUNT'), 1, '{episodes}', 'stat.episodes.total', {
      ago: 3102 * DAY,
      until: 0,
    }),
  ];
}
