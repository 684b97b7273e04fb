import { episode, numeric } from '@onebox/driver-sdk/findings.js';
import { hl7Numeric } from '@onebox/driver-sdk/parts/hl7-types.js';
import { printable } from '@onebox/driver-sdk/parts/text.js';
import { MDC, term } from '@onebox/protocol/codes.js';
import { compare } from '@onebox/protocol/decimal.js';
import type { Finding, Numeric } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/wire.js';
import { codedValue } from './codes.js';
import type { Obx } from './oru.js';
import { isEpisode } from './terms.js';
import type { MessageTimes } from './times.js';
import { statedUnit } from './units.js';
import { valueFindings } from './values.js';

/** Episodes: the terms 739536 to 739712 with one OBX-4 tell one of them. */

/** What an episode itself has a place for; the other terms are values that belong to it. */
const IN_EPISODE: ReadonlySet<number> = new Set([
  MDC.IDC_EPISODE_DTM,
  MDC.IDC_EPISODE_TYPE,
  MDC.IDC_EPISODE_VENDOR_TYPE,
  MDC.IDC_EPISODE_THERAPY_RESULT,
  MDC.IDC_EPISODE_DURATION,
]);

/** Each episode with its values, in the order of the message. */
export function episodeFindings(observations: readonly Obx[], times: MessageTimes): Finding[] {
  const groups = new Map<number, Obx[]>();
  for (const obx of observations) {
    if (obx.number === undefined || !isEpisode(obx.number)) continue;
    const group = groups.get(obx.group);
    if (group) group.push(obx);
    else groups.set(obx.group, [obx]);
  }
  return [...groups].flatMap(([group, members]) => [
    one(group, members, times),
    ...members
      .filter((obx) => !IN_EPISODE.has(obx.number!) || obx.values.length === 0)
      .flatMap((obx) => valueFindings(obx, times)),
  ]);
}

function one(group: number, members: readonly Obx[], times: MessageTimes): Finding {
  const find = (number: number) => members.find((obx) => obx.number === number && obx.values.length > 0);
  const coded = (number: number) => codedValue(find(number)?.values[0] ?? [], number);
  const id = printable(find(MDC.IDC_EPISODE_ID)?.values[0]?.[0] ?? '');
  const stated = times.parse(find(MDC.IDC_EPISODE_DTM)?.values[0]?.[0] ?? '');
  const vendor = coded(MDC.IDC_EPISODE_VENDOR_TYPE);
  const type = coded(MDC.IDC_EPISODE_TYPE);
  const outcome = coded(MDC.IDC_EPISODE_THERAPY_RESULT);
  const duration = number(find(MDC.IDC_EPISODE_DURATION));
  const rate = rateOf(number(find(MDC.IDC_EPISODE_VENTRICULAR_INTERVAL_AT_DETECTION)));
  const words = vendor?.coding?.[0];
  return episode({
    id: `episode.${group}`,
    number: /^\d{1,9}$/.test(id) ? Number(id) : group,
    time: stated ? times.time(stated, group) : { quality: v1.TimeQuality.TIME_QUALITY_ORDER_ONLY, order: group },
    type: type ?? vendor ?? term('episode.unclassified'),
    vendorType: words?.display || words?.code || '',
    ...(rate ? { rate } : {}),
    ...(duration ? { duration } : {}),
    ...(outcome ? { outcome } : {}),
    source: { origin: v1.Source.Origin.ORIGIN_STORED, field: `OBX ${members[0]!.place}` },
  });
}

function number(obx: Obx | undefined): Numeric | undefined {
  const stated = hl7Numeric(obx?.values[0]?.[0] ?? '');
  const unit = statedUnit(obx?.units ?? []);
  return stated?.kind === 'number' && stated.comparator === '' && unit ? numeric(stated.value, unit) : undefined;
}

/** 60 000 ms by the interval between beats: the message states the interval, so the rate is given as about. */
function rateOf(interval: Numeric | undefined): Numeric | undefined {
  if (interval?.unit !== 'ms' || !interval.value || compare(interval.value, { coefficient: 100, exponent: 0 }) < 0)
    return undefined;
  const { coefficient = 0, exponent = 0 } = interval.value;
  const ms = Math.round(Number(`${coefficient}e${exponent}`));
  return { ...numeric(Math.round(60_000 / ms), '{beats}/min'), comparator: v1.Comparator.COMPARATOR_ABOUT };
}
