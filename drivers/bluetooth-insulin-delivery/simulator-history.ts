import type { StoredRecord } from '@onebox/driver-sdk/simulated/record-access.js';
import { dateTimeBytes, seededRandom, u16 } from '@onebox/driver-sdk/simulated/values.js';

/** Made-up history of a pump: a reference time each night, boluses, basal rates, a filling, an occlusion. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const REFERENCE_TIME = 0x000f;
const FIRST_SEQUENCE = 2001;
const SET = 0x33;
const PERIODIC = 0x3c;
const FAST = 0x33;
const COMPLETED = 0x33;
const RUN = 0x55;
const PAUSE = 0x3c;
const OCCLUSION = 0x003c;

type Amount = (coefficient: number, exponent?: number) => readonly number[];

interface Draft {
  readonly ago: number;
  readonly event: number;
  readonly data: readonly number[];
}

/**
 * @param wallClock the pump's clock so many ms ago, as if UTC; undefined when it was never set
 * @param amount how amounts are written
 * @returns fields of the events without a CRC; `key` is the sequence number, `kind` the event
 */
export function pumpHistory(
  seed: number,
  days: number,
  wallClock: (ago: number) => number | undefined,
  amount: Amount,
): readonly StoredRecord[] {
  const drafts = [...Array(days).keys()].flatMap((day) => oneDay(seed + day, (days - day) * DAY, day === 0, amount));
  const past = drafts.filter(({ ago }) => ago > 0).sort((a, b) => b.ago - a.ago);
  let reference = 0;
  return past.map(({ ago, event, data }, index) => {
    if (event === REFERENCE_TIME) reference = ago;
    // Seconds since the last reference time; both parts of a bolus have the same.
    const offset = Math.floor((reference - ago) / 1000);
    const key = FIRST_SEQUENCE + index;
    const time = event === REFERENCE_TIME ? [data[0]!, ...dateTimeBytes(wallClock(ago)), 0, 0] : data;
    const sequence = [...u16(key & 0xffff), ...u16(Math.floor(key / 0x10000))];
    return { key, kind: event, value: [...u16(event), ...sequence, ...u16(offset), ...time] };
  });
}

function oneDay(seed: number, start: number, isFirst: boolean, amount: Amount): readonly Draft[] {
  const random = seededRandom(seed);
  const at = (hours: number, event: number, ...data: readonly number[]): Draft => ({
    ago: start - hours * HOUR,
    event,
    data,
  });
  const drafts = [at(0, REFERENCE_TIME, isFirst ? SET : PERIODIC), at(12, REFERENCE_TIME, PERIODIC)];
  if (isFirst) drafts.push(at(0.1, 0x0395, ...amount(120, -1)), at(0.15, 0x039a, 0, ...amount(118, -1), 0x3c));
  for (const [hour, rate] of [
    [0.2, 70],
    [6, 95],
    [11, 80],
    [18, 85],
  ] as const)
    drafts.push(at(hour, 0x0099, 0x01, ...amount(75, -2), ...amount(rate, -2), 0x33));
  for (const [index, hour] of [7.5, 12.75, 19, 22.4].entries()) {
    const id = seed * 16 + index;
    const units = 30 + Math.floor(random() * 50);
    const part1 = [...u16(id), FAST, ...amount(units, -1), ...amount(0), ...u16(0)];
    drafts.push(at(hour, 0x0069, ...part1), at(hour, 0x0096, 0x03, 0, 0, 0, 0, 0x33, COMPLETED));
    drafts.push(at(hour + 0.01, 0x0330, ...amount(1500 - index * 50 - (seed % 5) * 200, -1)));
  }
  if (!isFirst) {
    drafts.push(at(15, 0x033f, 0, ...u16(9), ...u16(OCCLUSION), 0x33));
    drafts.push(at(15.02, 0x0303, RUN, PAUSE), at(15.3, 0x0303, PAUSE, RUN));
  }
  drafts.push(
    at(23.9, 0x00ff, 0, ...amount(202, -1), ...amount(198, -1), ...u16(2026), 11, 20),
    at(16, 0xf0a5, 1, 2, 3),
  );
  return drafts;
}
