import { type AstmDelimiters, astmRecord, headerDelimiters } from '@onebox/driver-sdk/parts/astm-records.js';
import { astmDateTime } from '@onebox/driver-sdk/parts/astm-result.js';
import type { StandIns } from './stand-in.js';

/**
 * Fields of ASTM E1394 records that stay, by their place from 0, the record type: how to read a result, what was
 * measured and when. Who it was, who did it, where and with which specimen goes: patient, physician, operator,
 * address, telephone, identifiers. All of a record that is not listed goes, maker's own records too.
 */
const STAY: Readonly<Record<string, readonly number[]>> = {
  H: [0, 1, 4, 6, 11, 12, 13],
  P: [0, 1],
  O: [0, 1, 4, 5, 6, 7, 8, 11, 15, 25],
  R: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12],
  C: [0, 1, 2, 4],
  L: [0, 1, 2],
};
const SENDER = 4;
/** Name and version of the sender; after them come serial numbers, at different places with different makers. */
const SENDER_STAYS = 2;
/** Meters write their settings as `K=V^K=V` where the standard has the street (drivers/astm-lis-serial). */
const CONFIGURATION = 5;
const IS_CONFIGURATION = /^[A-Z]=[^^]*(?:\^[A-Z]=[^^]*)*$/;
/** Where some write the time of a result, and others the operator. */
const TIME_OR_OPERATOR = 10;

/** Masks a record, byte for byte; delimiters stay, so that it has the same fields. */
export function maskRecord(
  record: Uint8Array,
  delimiters: AstmDelimiters,
  standIns: StandIns,
): { masked: Uint8Array; delimiters: AstmDelimiters } {
  const text = Buffer.from(record).toString('latin1');
  const now = headerDelimiters(text) ?? delimiters;
  const { type, raw } = astmRecord(text, now);
  const stay = new Set(Object.hasOwn(STAY, type) ? STAY[type] : []);
  if (type === 'H' && IS_CONFIGURATION.test(raw[CONFIGURATION] ?? '')) stay.add(CONFIGURATION);
  if (type === 'R' && astmDateTime(raw[TIME_OR_OPERATOR]) !== null) stay.add(TIME_OR_OPERATOR);
  const fields = raw.map((field, index) => {
    if (stay.has(index) && !(type === 'H' && index === SENDER)) return field;
    return cover(field, now, standIns, type === 'H' && index === SENDER ? SENDER_STAYS : 0);
  });
  // The first delimiter of a header stands before the others and is no field of its own.
  const first = headerDelimiters(text) ? `H${now.field}${fields[1]}` : undefined;
  const masked = first === undefined ? fields.join(now.field) : [first, ...fields.slice(2)].join(now.field);
  return { masked: Buffer.from(masked, 'latin1'), delimiters: now };
}

/** Letters in place of the components of a field, but for the first ones that stay. */
function cover(field: string, { component, repeat }: AstmDelimiters, standIns: StandIns, stays: number): string {
  const letters = (part: string) => Buffer.from(standIns.of(Buffer.from(part, 'latin1'))).toString('latin1');
  return field
    .split(component)
    .map((part, place) => (place < stays ? part : part.split(repeat).map(letters).join(repeat)))
    .join(component);
}
