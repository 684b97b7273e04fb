import type { v1 as schema } from '@onebox/protocol/messages.js';
import { fields } from '@onebox/protocol/protobuf-fields.js';
import { v1 } from '@onebox/protocol/wire.js';

/** An `onebox.v1.Response` as far as the driver looks into it: a finding stays encoded. */
export type NativeResponse =
  | { readonly id: number; readonly kind: 'hello'; readonly hello: ReturnType<typeof v1.Hello.decode> }
  | { readonly id: number; readonly kind: 'finding'; readonly finding: Uint8Array }
  | { readonly id: number; readonly kind: 'phase-end'; readonly phase: number; readonly count: number }
  | { readonly id: number; readonly kind: 'refusal'; readonly reason: schema.RefusalReason }
  | { readonly id: number; readonly kind: 'end' };

/** Field numbers of native.proto. */
const ID = 1;
const HELLO = 2;
const FINDING = 3;
const PHASE_END = 4;
const REFUSAL = 5;
const END = 6;

/** Undefined for what is not a response, or for an answer of a later version. */
export function readResponse(bytes: Uint8Array): NativeResponse | undefined {
  let id = 0;
  let answer: { field: number; content: Uint8Array } | undefined;
  try {
    for (const { field, body, end, varint } of fields(bytes)) {
      if (field === ID && varint !== undefined) id = varint;
      else if (body !== undefined) answer = { field, content: bytes.subarray(body, end) };
    }
    return answer && decode(id, answer.field, answer.content);
  } catch {
    // Bytes of a device: whatever they do to the decoder, they are no response.
    return undefined;
  }
}

function decode(id: number, field: number, content: Uint8Array): NativeResponse | undefined {
  switch (field) {
    case HELLO:
      return { id, kind: 'hello', hello: v1.Hello.decode(content) };
    case FINDING:
      assertMessage(content);
      return { id, kind: 'finding', finding: content };
    case PHASE_END: {
      const { phase, count } = v1.PhaseEnd.decode(content);
      return { id, kind: 'phase-end', phase, count };
    }
    case REFUSAL:
      return { id, kind: 'refusal', reason: v1.Refusal.decode(content).reason };
    case END:
      return { id, kind: 'end' };
    default:
      return undefined;
  }
}

/** Throws RangeError where the bytes cannot be a message. */
const assertMessage = (bytes: Uint8Array) => void [...fields(bytes)];
