import { describe, MDC } from '@onebox/protocol/codes.js';

/** What a term of IEEE 11073-10103 is, by its number alone: the partition is laid out in blocks. */

export type TermKind = 'observation' | 'setting' | 'statistic';
export type TermPhase = 'identity' | 'critical' | 'present' | 'settings' | 'episodes';
export type Chamber = 'ra' | 'rv' | 'la' | 'lv';

/** First and last number of a block. */
type Block = readonly [first: number, last: number];

/** All of the partition, enumerations of the values included. */
const PARTITION: Block = [720_896, 786_431];
const DEVICE: Block = [720_897, 720_960];
const LEAD: Block = [720_961, 721_024];
const SESSION: Block = [721_025, 721_151];
const MEASURED: Block = [721_152, 729_343];
const BATTERY: Block = [721_216, 721_663];
const HV_MEASURED: Block = [722_560, 722_815];
const PROGRAMMED: Block = [729_344, 737_487];
const HV_PROGRAMMED: Block = [730_496, 730_751];
const ZONE: Block = [731_648, 732_543];
const COUNTED: Block = [737_488, 739_535];
const EPISODE: Block = [739_536, 753_663];

/** What decides in the first minute: therapy, mode, rate, magnet; battery and channel states come by their blocks. */
const CRITICAL: ReadonlySet<number> = new Set([
  MDC.IDC_SET_TACHYTHERAPY_VSTAT,
  MDC.IDC_SET_TACHYTHERAPY_ASTAT,
  MDC.IDC_SET_ZONE_STATUS,
  MDC.IDC_SET_BRADY_MODE,
  MDC.IDC_SET_BRADY_LOWRATE,
  MDC.IDC_SET_MAGNET_RESP,
  MDC.IDC_MSMT_LEADHVCHNL_STATUS,
]);

const within = (number: number, [first, last]: Block): boolean => number >= first && number <= last;

export const isCardiac = (number: number): boolean => within(number, PARTITION);
export const isDevice = (number: number): boolean => within(number, DEVICE);
export const isLead = (number: number): boolean => within(number, LEAD);
export const isBattery = (number: number): boolean => within(number, BATTERY);
export const isZone = (number: number): boolean => within(number, ZONE);
export const isEpisode = (number: number): boolean => within(number, EPISODE);
export const isHighVoltage = (number: number): boolean => within(number, HV_MEASURED) || within(number, HV_PROGRAMMED);
export const isMeasured = (number: number): boolean => within(number, MEASURED);
export const isCounted = (number: number): boolean => within(number, COUNTED);

/** 721984 to 721987: the state of the channel of each chamber; 722752 that of the high-voltage channel. */
export function isChannelStatus(number: number): boolean {
  return (
    within(number, [MDC.IDC_MSMT_LEADCHNL_RA_LEAD_CHANNEL_STATUS, MDC.IDC_MSMT_LEADCHNL_LV_LEAD_CHANNEL_STATUS]) ||
    number === MDC.IDC_MSMT_LEADHVCHNL_STATUS
  );
}

export function kindOf(number: number | undefined): TermKind {
  if (number !== undefined && within(number, PROGRAMMED)) return 'setting';
  if (number !== undefined && isCounted(number)) return 'statistic';
  return 'observation';
}

export function phaseOf(number: number | undefined): TermPhase {
  if (number === undefined) return 'present';
  if (isDevice(number) || isLead(number) || within(number, SESSION)) return 'identity';
  if (isBattery(number) || isChannelStatus(number) || CRITICAL.has(number)) return 'critical';
  if (within(number, PROGRAMMED)) return 'settings';
  return isEpisode(number) ? 'episodes' : 'present';
}

/** The heart chamber of a lead channel's term. */
export function chamberOf(number: number): Chamber | undefined {
  const name = isCardiac(number) ? describe(number)?.referenceId : undefined;
  return /_LEADCHNL_(RA|RV|LA|LV)_/.exec(name ?? '')?.[1]?.toLowerCase() as Chamber | undefined;
}

/** `_DTM`, `_DTM_START` and `_DTM_END` stand at consecutive numbers: the first of them. */
const STATED_TIMES: readonly (readonly [terms: Block, dtm: number])[] = [
  [BATTERY, MDC.IDC_MSMT_BATTERY_DTM],
  [[721_664, 721_919], MDC.IDC_MSMT_CAP_CHARGE_DTM],
  [HV_MEASURED, MDC.IDC_MSMT_LEADHVCHNL_DTM],
  [[737_504, 737_615], MDC.IDC_STAT_BRADY_DTM],
  [[737_616, 737_663], MDC.IDC_STAT_HEART_RATE_DTM],
  [[737_664, 737_775], MDC.IDC_STAT_AT_DTM],
  [[737_776, 737_823], MDC.IDC_STAT_CRT_DTM],
  [[MDC.IDC_STAT_EPISODE_RECENT_COUNT, MDC.IDC_STAT_EPISODE_RECENT_COUNT], MDC.IDC_STAT_EPISODE_RECENT_COUNT_DTM],
  [[MDC.IDC_STAT_EPISODE_TOTAL_COUNT, MDC.IDC_STAT_EPISODE_TOTAL_COUNT], MDC.IDC_STAT_EPISODE_TOTAL_COUNT_DTM],
];
const RECENT_THERAPY: ReadonlySet<number> = new Set([
  MDC.IDC_STAT_TACHYTHERAPY_SHOCKS_DELIVERED_RECENT,
  MDC.IDC_STAT_TACHYTHERAPY_SHOCKS_ABORTED_RECENT,
  MDC.IDC_STAT_TACHYTHERAPY_ATP_DELIVERED_RECENT,
]);
const TOTAL_THERAPY: ReadonlySet<number> = new Set([
  MDC.IDC_STAT_TACHYTHERAPY_SHOCKS_DELIVERED_TOTAL,
  MDC.IDC_STAT_TACHYTHERAPY_SHOCKS_ABORTED_TOTAL,
  MDC.IDC_STAT_TACHYTHERAPY_ATP_DELIVERED_TOTAL,
]);
const CHANNEL_TIMES: Readonly<Record<Chamber, number>> = {
  ra: MDC.IDC_MSMT_LEADCHNL_RA_DTM,
  rv: MDC.IDC_MSMT_LEADCHNL_RV_DTM,
  la: MDC.IDC_MSMT_LEADCHNL_LA_DTM,
  lv: MDC.IDC_MSMT_LEADCHNL_LV_DTM,
};

/** Numbers of the `_DTM` terms that say when this one was measured or counted, the nearest first. */
export function timesOf(number: number): readonly number[] {
  const found = STATED_TIMES.filter(([block]) => within(number, block)).map(([, dtm]) => dtm);
  if (RECENT_THERAPY.has(number)) found.push(MDC.IDC_STAT_TACHYTHERAPY_RECENT_DTM);
  if (TOTAL_THERAPY.has(number)) found.push(MDC.IDC_STAT_TACHYTHERAPY_TOTAL_DTM);
  if (isMeasured(number)) {
    const chamber = chamberOf(number);
    return chamber ? [CHANNEL_TIMES[chamber], MDC.IDC_MSMT_DTM] : [...found, MDC.IDC_MSMT_DTM];
  }
  return isCounted(number) ? [...found, MDC.IDC_STAT_DTM] : found;
}
