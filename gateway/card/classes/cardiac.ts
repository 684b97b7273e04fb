import { v1 } from '@onebox/protocol/messages.js';
import { type Facts, keyOf } from '../facts.js';
import { mdc, own } from '../keys.js';
import { type Candidate, type CandidateRule, recency } from '../lead.js';
import type { Phrase, Value } from '../model.js';
import { emptyTile, phraseTile, type TileSpec, toNumber } from '../tile.js';
import { codeValue, numberValue, printable, timeValue } from '../values.js';

/** What pacemakers and ICDs share. */

const since = (time: Parameters<typeof timeValue>[0], id = 'ev.since'): Phrase[] => {
  const value = timeValue(time);
  return value ? [{ id, params: { time: { kind: 'time', time: value } } }] : [];
};

export const batteryTile: TileSpec = {
  id: 'battery',
  from: [mdc('IDC_MSMT_BATTERY_STATUS'), mdc('IDC_MSMT_BATTERY_VOLTAGE'), own('battery.percent')],
  also: [mdc('IDC_MSMT_BATTERY_VOLTAGE')],
  alerts: [
    own('alert.battery-replacement'),
    own('alert.battery-end-of-service'),
    own('alert.battery-low'),
    own('alert.battery-empty'),
  ],
  evidence: (facts) => {
    const replaced = facts.latest(own('battery.replacement-since'));
    if (replaced?.value.dateTime) return since(replaced.value.dateTime);
    const left = facts.latest(mdc('IDC_MSMT_BATTERY_REMAINING_LONGEVITY'));
    return left?.value.numeric ? [{ id: 'ev.longevity', params: { value: numberValue(left.value.numeric) } }] : [];
  },
};

const afterRead = (facts: Facts): Phrase[] => {
  const delay = facts.latest(own('magnet.delay-after-read'));
  return delay?.value.numeric ? [{ id: 'ev.magnet-after', params: { value: numberValue(delay.value.numeric) } }] : [];
};

export const magnetTile: TileSpec = {
  id: 'magnet',
  from: [mdc('IDC_SET_MAGNET_RESP')],
  also: [own('magnet.rate')],
  evidence: afterRead,
};

export const rhythmTile: TileSpec = {
  id: 'rhythm-now',
  from: [own('rhythm.now')],
  also: [own('rhythm.rate-now')],
};

/** Mode and rate in force, and what was programmed before the device changed it. */
export function pacingTile(id: 'pacing' | 'mode-now'): TileSpec {
  return {
    id,
    from: [own('brady-mode.now'), mdc('IDC_SET_BRADY_MODE')],
    also: [own('brady-rate.now')],
    alerts: [own('alert.backup-mode'), own('alert.mode-asynchronous')],
    build: (facts) => {
      const mode = facts.latest(own('brady-mode.now')) ?? facts.latest(mdc('IDC_SET_BRADY_MODE'));
      const rate = facts.latest(own('brady-rate.now')) ?? facts.latest(mdc('IDC_SET_BRADY_LOWRATE'));
      if (!mode?.value.coded || !rate?.value.numeric) return undefined;
      const before = facts.latest(own('brady-mode.before'));
      const paced = facts.latest(mdc('IDC_STAT_BRADY_RV_PERCENT_PACED'));
      const evidence: Phrase[] = before?.value.coded
        ? [{ id: 'ev.was', params: { value: codeValue(before.value.coded) } }]
        : id === 'pacing' && paced?.value.numeric
          ? [{ id: 'ev.paced', params: { value: numberValue(paced.value.numeric) } }]
          : [];
      const time = timeValue(mode.value.time);
      return phraseTile(id, codeValue(mode.value.coded), {
        also: [numberValue(rate.value.numeric)],
        evidence,
        receivedAt: mode.receivedAt,
        validity: ['unqualified'],
        ...(time ? { time } : {}),
      });
    },
  };
}

export function leadTile(id: 'rv-lead' | 'ra-lead' | 'lv-lead' | 'shock-lead', code: string): TileSpec {
  return { id, from: [code], alerts: [] };
}

export const mrTile: TileSpec = {
  id: 'mr-label',
  from: [],
  build: (facts) => {
    const safety = facts.identity?.mriSafety ?? 0;
    // Once the device has said who it is, its silence about MR is an answer.
    if (safety <= v1.MriSafety.MRI_SAFETY_UNKNOWN)
      return facts.identity ? emptyTile('mr-label', { ended: true }) : undefined;
    const word = (v1.MriSafety[safety] ?? '').slice('MRI_SAFETY_'.length).toLowerCase().replaceAll('_', '-');
    const conditions = facts.identity?.mriConditions;
    return phraseTile(
      'mr-label',
      { kind: 'word', id: `word.${word}` },
      {
        evidence: conditions
          ? [{ id: 'ev.device-says', params: { text: { kind: 'device-text', text: conditions } } }]
          : [],
      },
    );
  },
};

const isTherapy = (key: string) => key === own('therapy.shock') || key === own('therapy.atp');

/** Shocks, else antitachycardia pacing, since yesterday's midnight: how many, and the facts of the last. */
export const therapiesDelivered: CandidateRule = (facts, now): Candidate | undefined => {
  const treated = facts.episodes
    .flatMap((episode) =>
      (episode.therapy ?? []).filter(({ code }) => isTherapy(keyOf(code))).map((therapy) => ({ episode, therapy })),
    )
    .filter(({ therapy, episode }) => recency([therapy.time ?? episode.time], now) !== undefined)
    .toSorted(
      (a, b) =>
        (b.therapy.time?.unixMs ?? b.episode.time?.unixMs ?? 0) -
        (a.therapy.time?.unixMs ?? a.episode.time?.unixMs ?? 0),
    );
  const shocks = treated.filter(({ therapy }) => keyOf(therapy.code) === own('therapy.shock'));
  const [first] = shocks.length > 0 ? shocks : treated;
  if (!first) return undefined;
  const counted = shocks.length > 0 ? shocks : treated;
  const count = counted.reduce((sum, { therapy }) => sum + Math.max(1, therapy.count ?? 1), 0);
  const day =
    recency(
      counted.map(({ therapy, episode }) => therapy.time ?? episode.time),
      now,
    ) ?? 'yesterday';
  const what = shocks.length > 0 ? 'shocks' : 'atp';
  const word = (value: Value | undefined): Phrase[] => (value ? [{ id: 'ev.value', params: { value } }] : []);
  return {
    severity: shocks.length > 0 ? 'critical' : 'check',
    title: {
      id: day === 'today' ? `lead.${what}-today` : `lead.${what}-since-yesterday`,
      params: { count: { kind: 'count', count } },
    },
    details: [
      ...since(first.therapy.time ?? first.episode.time, 'ev.last'),
      ...(first.episode.type ? word(codeValue(first.episode.type)) : []),
      ...(first.therapy.energy?.value ? word(numberValue(first.therapy.energy)) : []),
      ...(first.episode.outcome ? word(codeValue(first.episode.outcome)) : []),
    ],
    covers: [own('alert.shock-delivered')],
  };
};

/** Shocks that the device has counted, where it tells no episodes that say when. */
export const shocksCounted: CandidateRule = (facts, now): Candidate | undefined => {
  const counted = facts.latest(mdc('IDC_STAT_TACHYTHERAPY_SHOCKS_DELIVERED_RECENT'));
  const count = toNumber(counted?.value.numeric?.value);
  if (!counted || count <= 0 || therapiesDelivered(facts, now)) return undefined;
  const { unixMs, endUnixMs, quality } = counted.value.time ?? {};
  return {
    severity: 'check',
    title: { id: 'lead.shocks-counted', params: { count: { kind: 'count', count } } },
    details: unixMs && endUnixMs && quality ? since({ unixMs, quality }) : [],
    covers: [own('alert.shock-delivered')],
  };
};

/** Treatment of fast rhythms is off, as the device states it. */
export const therapyOff: CandidateRule = (facts) => {
  const state = facts.latest(own('shock-therapy.status')) ?? facts.latest(mdc('IDC_SET_TACHYTHERAPY_VSTAT'));
  const off =
    state &&
    (keyOf(state.value.coded) === own('shock-therapy.status.off') ||
      state.value.absent === v1.AbsentReason.ABSENT_REASON_OFF);
  return off
    ? {
        severity: 'critical',
        title: { id: 'lead.therapy-off' },
        details: since(state.value.time),
        covers: [own('alert.therapy-off')],
      }
    : undefined;
};

export const backupMode: CandidateRule = (facts) => {
  const alert = facts.alert(own('alert.backup-mode'));
  return alert
    ? {
        severity: 'critical',
        title: { id: 'lead.backup-mode' },
        details: since(alert.since),
        covers: [own('alert.backup-mode')],
      }
    : undefined;
};

/** Replacement time reached, or end of service. */
export const batteryEnding: CandidateRule = (facts) => {
  const status = facts.latest(mdc('IDC_MSMT_BATTERY_STATUS'));
  const eos =
    facts.alert(own('alert.battery-end-of-service')) ??
    (keyOf(status?.value.coded) === own('battery.status.eos') ? status?.value : undefined);
  const eri =
    facts.alert(own('alert.battery-replacement')) ??
    (keyOf(status?.value.coded) === mdc('IDC_ENUM_BATTERY_STATUS_RRT') ? status?.value : undefined);
  if (!eos && !eri) return undefined;
  const reached =
    facts.latest(own('battery.replacement-since'))?.value.dateTime ??
    facts.alert(own('alert.battery-replacement'))?.since;
  const magnet = facts.latest(own('magnet.rate'));
  return {
    severity: eos ? 'critical' : 'check',
    title: { id: eos ? 'lead.battery-eos' : 'lead.battery-eri' },
    details: [
      ...since(reached),
      ...(magnet?.value.numeric
        ? [{ id: 'ev.magnet-rate', params: { value: numberValue(magnet.value.numeric) } }]
        : []),
    ],
    covers: [own('alert.battery-end-of-service'), own('alert.battery-replacement')],
  };
};

/** A value beyond a limit that the device or its driver names. */
export const valueOverLimit: CandidateRule = (facts) => {
  const alert = facts.activeAlerts.find(({ limit }) => limit?.value?.value);
  if (!alert?.value?.value || !alert.limit?.value) return undefined;
  const low = alert.limit.kind === v1.Limit.Kind.KIND_LOW;
  if (low === toNumber(alert.value.value) > toNumber(alert.limit.value.value)) return undefined;
  return {
    severity: 'check',
    title: { id: 'lead.alert', params: { what: codeValue(alert.code ?? {}) } },
    details: [
      { id: 'ev.value', params: { value: numberValue(alert.value) } },
      { id: low ? 'ev.limit-low' : 'ev.limit-high', params: { value: numberValue(alert.limit.value) } },
      ...since(alert.since),
    ],
    covers: [keyOf(alert.code)],
  };
};

/** High-rate episodes of today, as a fact of its own. */
export const highRateToday: CandidateRule = (facts, now) => {
  const episodes = facts.episodes
    .filter(({ type, time }) => HIGH_RATE.has(keyOf(type)) && recency([time], now) === 'today')
    .toSorted((a, b) => (b.time?.unixMs ?? 0) - (a.time?.unixMs ?? 0));
  const last = episodes[0];
  if (!last) return undefined;
  return {
    severity: 'check',
    title: { id: 'lead.high-rate-today', params: { count: { kind: 'count', count: episodes.length } } },
    details: [
      ...since(last.time, 'ev.last'),
      ...(last.rate?.value ? [{ id: 'ev.value', params: { value: numberValue(last.rate) } }] : []),
    ],
    covers: [own('alert.high-rate-episode')],
  };
};

const HIGH_RATE = new Set([
  own('episode.high-rate'),
  own('episode.high-ventricular-rate'),
  own('episode.high-atrial-rate'),
  own('episode.vt'),
  own('episode.nsvt'),
  own('episode.svt'),
  own('episode.at-af'),
]);

/** "Paced in ventricle 99 %, last 30 days": a fact, never a verdict about dependence. */
export const pacedTile: TileSpec = {
  id: 'paced-ventricle',
  from: [mdc('IDC_STAT_BRADY_RV_PERCENT_PACED')],
  evidence: (_facts, { value }) => {
    const { unixMs, endUnixMs } = value.time ?? {};
    return unixMs && endUnixMs
      ? [
          {
            id: 'ev.last-days',
            params: { count: { kind: 'count', count: Math.round((endUnixMs - unixMs) / 86_400_000) } },
          },
        ]
      : [];
  },
};

/** Threshold with the pulse width it was measured at. */
export const thresholdTile: TileSpec = {
  id: 'rv-threshold',
  from: [mdc('IDC_MSMT_LEADCHNL_RV_PACING_THRESHOLD_AMPLITUDE')],
  evidence: (facts) => {
    const width = facts.latest(mdc('IDC_MSMT_LEADCHNL_RV_PACING_THRESHOLD_PULSEWIDTH'));
    const printed = width && printable(width.value).value;
    return printed ? [{ id: 'ev.at-width', params: { value: printed } }] : [];
  },
};
