import { ONEBOX_SYSTEM } from '@onebox/protocol/codes.js';
import type { Code } from '@onebox/protocol/messages.js';
import { keyOf } from './facts.js';
import { mdc } from './keys.js';

/**
 * Coded values of IEEE 11073 that mean the same as a word of ours. Matched by number. A code that is
 * neither here nor one of our own terms is shown as the device's own word.
 */
const WORDS: ReadonlyMap<string, string> = new Map([
  [mdc('IDC_ENUM_THERAPY_STATUS_On'), 'on'],
  [mdc('IDC_ENUM_BATTERY_STATUS_BOS'), 'battery-ok'],
  [mdc('IDC_ENUM_BATTERY_STATUS_RRT'), 'battery-eri'],
  [mdc('IDC_ENUM_ZONE_STATUS_Active'), 'on'],
  [mdc('IDC_ENUM_ZONE_STATUS_Monitor'), 'monitor-only'],
  [mdc('IDC_ENUM_ZONE_TYPE_Zone_VF'), 'vf'],
  [mdc('IDC_ENUM_ZONE_TYPE_Zone_VT'), 'vt'],
  [mdc('IDC_ENUM_EPISODE_TYPE_Epis_VT'), 'episode.vt'],
  [mdc('IDC_ENUM_EPISODE_THERAPY_RESULT_Successful'), 'outcome.ended-by-therapy'],
  [mdc('IDC_ENUM_BRADY_MODE_AAI'), 'brady-mode.AAI'],
  [mdc('IDC_ENUM_BRADY_MODE_DDD'), 'brady-mode.DDD'],
  [mdc('IDC_ENUM_BRADY_MODE_DDI'), 'brady-mode.DDI'],
  [mdc('IDC_ENUM_BRADY_MODE_VVI'), 'brady-mode.VVI'],
  [mdc('IDC_ENUM_BRADY_MODE_Unknown'), 'not-known'],
  [mdc('IDC_ENUM_POLARITY_BI'), 'bipolar'],
  [mdc('IDC_ENUM_POLARITY_UNI'), 'unipolar'],
  [mdc('IDC_ENUM_ATP_TYPE_Burst'), 'burst'],
  [mdc('IDC_ENUM_CHANNEL_STATUS_CheckLead'), 'check-lead'],
  [mdc('IDC_ENUM_LEAD_STATUS_Connected'), 'connected'],
  [mdc('IDC_ENUM_CHARGE_TYPE_Shock'), 'therapy.shock'],
]);

/** The word for a coded value, to be looked up as `word.<word>`; undefined where we have none. */
export function wordOf(code: Code | null | undefined): string | undefined {
  const first = code?.coding?.[0];
  if (!first) return undefined;
  return first.system === ONEBOX_SYSTEM ? first.code || undefined : WORDS.get(keyOf(code));
}
