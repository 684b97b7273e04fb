import { type Field, fields } from '@onebox/protocol/protobuf-fields.js';
import type { StandIns } from './stand-in.js';

/**
 * Which fields of a message stay: as they are, or with their own fields looked at. All others are masked, also those
 * of a later version.
 */
interface Plan {
  readonly [field: number]: 'stays' | Plan;
}

function plan(stays: readonly number[], inner: Plan = {}): Plan {
  return { ...Object.fromEntries(stays.map((field) => [field, 'stays'])), ...inner };
}

/** Numbers are those of finding.proto. Out goes who it is: serial numbers, and all that is written in free words. */
const UDI = plan([1, 2, 4, 6, 7]);
const IDENTITY = plan([1, 2, 3, 4, 6, 7, 8, 10, 11, 12, 13, 14], { 9: UDI });
const COMPONENT = plan([1, 2, 3, 4, 5, 6, 7]);
const OBSERVATION = plan([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16, 17, 18, 19, 20]);
const EPISODE = plan([1, 2, 3, 4, 6, 7, 8, 9, 10, 11]);
const ALERT = plan([1, 2, 3, 4, 5, 6, 7, 8, 10]);
const EVIDENCE = plan([1, 2]);
const FAULT = plan([1, 2, 3, 4, 5]);
const FINDING = plan([8, 10, 14, 15], {
  1: IDENTITY,
  2: COMPONENT,
  3: OBSERVATION,
  4: OBSERVATION,
  5: OBSERVATION,
  6: EPISODE,
  7: ALERT,
  9: EVIDENCE,
  11: FAULT,
});
/** `onebox.v1.Response` of native.proto: id, hello, finding, end of a phase, refusal, end. */
const RESPONSE = plan([1], { 2: plan([1, 2, 3, 4, 5]), 3: FINDING, 4: plan([1, 2]), 5: plan([1]), 6: {} });

/** Masks an encoded `onebox.v1.Response` in place. Throws RangeError when it is none; the bytes may be half masked then. */
export function maskResponse(message: Uint8Array, standIns: StandIns, pad?: number): void {
  mask(message, RESPONSE, standIns, pad);
}

function mask(message: Uint8Array, places: Plan, standIns: StandIns, pad: number | undefined): void {
  for (const field of fields(message)) {
    const place = places[field.field];
    if (place === 'stays') continue;
    if (field.body === undefined) blur(message, field);
    else {
      const content = message.subarray(field.body, field.end);
      if (place) mask(content, place, standIns, pad);
      else content.set(standIns.of(content, pad));
    }
  }
}

/** A number of a later version: 1 in every byte that is not 0, the marks of a longer number kept. */
function blur(message: Uint8Array, { start, end, varint, tagLength }: Field): void {
  for (let at = start + tagLength; at < end; at += 1) {
    const byte = message[at]!;
    if (byte !== 0) message[at] = varint === undefined ? 1 : (byte & 0x80) | 1;
  }
}
