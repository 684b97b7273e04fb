import { type ErrorReport, fromReport, isOneBoxError } from '@onebox/protocol/errors.js';
import { decodeAnswers, encodeCall } from './call-codec.js';
import type { Driver } from './define.js';
import { type CallName, type Calls, type Host, type Opening, runProgram } from './guest.js';

/** What the sandbox process gives a driver: a way to send a call out. The bytes are taken over. */
export type Send = (id: number, name: string, json: string, bytes: ArrayBuffer) => void;
/** What the sandbox process calls with answers. */
export type Receive = (now: number, json: string, bytes: ArrayBuffer) => void;

/** The end of a program, sent as call 0 named `end`. */
export type ProgramEnd =
  | { readonly ok: true }
  | { readonly error: ErrorReport }
  | { readonly thrown: string; readonly trace: string };

/** The entry of a bundle: starts the driver when the sandbox calls it. */
export function sandboxGuest(driver: Driver): (send: Send, openingJson: string, now: number) => Receive {
  return (send, openingJson, startedAt) => {
    let now = startedAt;
    let last = 0;
    const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: unknown) => void }>();
    const host: Host = {
      call<N extends CallName>(name: N, input: Calls[N]['in']): Promise<Calls[N]['out']> {
        return new Promise((resolve, reject) => {
          const id = ++last;
          const { json, bytes } = encodeCall(name, input);
          waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
          send(id, name, json, buffer(bytes));
        });
      },
      now: () => now,
    };
    const end = (how: ProgramEnd) => send(0, 'end', JSON.stringify(how), new ArrayBuffer(0));
    runProgram(driver, JSON.parse(openingJson) as Opening, host).then(
      () => end({ ok: true }),
      (error: unknown) => end(endOf(error)),
    );
    return (at, json, bytes) => {
      now = at;
      decodeAnswers(json, new Uint8Array(bytes), (head, answer) => {
        const waiter = waiting.get(head.id);
        waiting.delete(head.id);
        if (head.error) waiter?.reject(fromReport(head.error));
        else waiter?.resolve(answer);
      });
    };
  };
}

function endOf(error: unknown): ProgramEnd {
  if (isOneBoxError(error)) return { error: error.toJSON() };
  if (error instanceof Error) return { thrown: String(error.name), trace: `${error.message}\n${error.stack ?? ''}` };
  return { thrown: typeof error, trace: '' };
}

function buffer(bytes: Uint8Array): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = bytes;
  return byteOffset === 0 && byteLength === buffer.byteLength
    ? (buffer as ArrayBuffer)
    : (buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer);
}
