import { mdc } from '@onebox/protocol/codes.js';
import { isOneBoxError, OneBoxError } from '@onebox/protocol/errors.js';
import { crc16 } from '@onebox/protocol/framing.js';
import type { Finding } from '@onebox/protocol/messages.js';
import type { Device, PacketStream, RequestParameters } from '../device.js';
import { identity } from '../findings.js';
import { type MarkedFrames, MarkedScanner, type Scanned } from './marked-framing.js';

/**
 * A maker's bridge, version 1: our own framing for devices whose radio is the maker's. The maker's bridge speaks that
 * radio and hands on what the device answered, unchanged; the reader asks it over a serial line.
 *
 *   request  4F 42, kind u8, item u8, length u16 big endian, payload
 *   answer   4F 42, kind + 80, item, length, payload, CRC-16/CCITT-FALSE of kind to payload, big endian
 *   refusal  4F 42, FF, kind that was asked, 0001, reason u8, CRC
 *
 * Requests carry no check sum: the answer repeats kind and item, so that one that was heard wrongly is noticed.
 * Kind 01 is `hello`: lines `key value` in ASCII, the first of which is `family NAME`; further keys are `model` and
 * `firmware`. There is no serial number in it: nothing on the line needs to be masked in recordings.
 */

export const BRIDGE_MARK = [0x4f, 0x42] as const;
export const HELLO = 0x01;
const ANSWER = 0x80;
export const REFUSED = 0xff;
const CHECK = 2;
/** Longest payload: a page of 1024 bytes and room for what makers add. */
const MAX_PAYLOAD = 4096;
const ANSWER_MS = 5_000;
/** Reasons of a refusal. */
const REASONS = ['unknown', 'no such item', 'the device does not answer'] as const;

export interface BridgeFrame {
  readonly kind: number;
  readonly item: number;
  readonly payload: Uint8Array;
}

const FRAMES: MarkedFrames = {
  mark: BRIDGE_MARK,
  header: 6,
  typeAt: 2,
  length: { at: 4, bytes: 2 },
  mostData: MAX_PAYLOAD,
  check: { bytes: CHECK, from: BRIDGE_MARK.length, of: crc16 },
};

/** Bytes in, whole frames out; `damaged` counts frames whose check sum or length is wrong. Pure. */
export class BridgeScanner {
  damaged = 0;
  private readonly scanner = new MarkedScanner(FRAMES);

  push(bytes: Uint8Array): BridgeFrame[] {
    return this.taken(this.scanner.push(bytes));
  }

  /** Nothing follows: what is held is no frame, but may hold one behind a false mark. */
  flush(): BridgeFrame[] {
    return this.taken(this.scanner.flush());
  }

  private taken(scanned: readonly Scanned[]): BridgeFrame[] {
    return scanned.flatMap((one) => {
      if ('whole' in one) {
        const { whole } = one;
        return [{ kind: whole[2]!, item: whole[3]!, payload: whole.slice(FRAMES.header, -CHECK) }];
      }
      if (one.reject !== 'sync') this.damaged += 1;
      return [];
    });
  }
}

/** What `hello` says, by key. */
type Hello = ReadonlyMap<string, string>;

/** The whole read of a device behind a bridge: `body` has the line until it ends, however that is. */
export async function* behindBridge(
  device: Device,
  family: string,
  body: (bridge: Bridge, hello: Hello) => AsyncIterable<Finding>,
): AsyncGenerator<Finding, void, void> {
  const stream = await device.packets('line');
  try {
    const bridge = new Bridge(device, stream);
    yield* body(bridge, await bridge.hello(family));
  } finally {
    await stream.close();
  }
}

/** Which insulin pump it is: the maker's name for the family, and model and firmware where the bridge states them. */
export function bridgedPump(hello: Hello, manufacturer: string, name: string): Finding {
  const [model, firmware] = [hello.get('model'), hello.get('firmware')];
  return identity({
    deviceClass: 'insulin-pump',
    type: mdc('MDC_DEV_SPEC_PROFILE_INSULIN_PUMP'),
    manufacturer,
    model: model ? `${name} ${model}` : name,
    ...(firmware ? { firmware } : {}),
  });
}

export interface Asked {
  /** Name of the request in the manifest. */
  readonly request: string;
  readonly parameters?: RequestParameters;
  readonly kind: number;
  readonly item: number;
}

/** Asks the bridge, one question at a time. */
export class Bridge {
  private readonly scanner = new BridgeScanner();

  constructor(
    private readonly device: Device,
    private readonly stream: PacketStream,
  ) {}

  /**
   * What `hello` says, by key. LINK_REFUSED when the bridge is one of another family.
   */
  async hello(family: string): Promise<Hello> {
    const payload = await this.ask({ request: 'hello', kind: HELLO, item: 0 });
    const lines = parseHello(payload);
    if (lines.get('family') !== family) throw new OneBoxError('LINK_REFUSED', 'the bridge is for other devices');
    return lines;
  }

  /**
   * The payload of the answer. A damaged or missing answer is asked for once more.
   * Throws LINK_TIMEOUT, LINK_MALFORMED (only damage came), LINK_REFUSED (the bridge has no answer).
   */
  async ask(asked: Asked): Promise<Uint8Array> {
    const first = await this.once(asked);
    const answer = first ?? (await this.once(asked));
    if (answer !== undefined) return answer;
    if (this.scanner.damaged > 0) throw new OneBoxError('LINK_MALFORMED', `${asked.request}: the answer is damaged`);
    throw new OneBoxError('LINK_TIMEOUT', `${asked.request}: the bridge does not answer`);
  }

  private async once({ request, parameters, kind, item }: Asked): Promise<Uint8Array | undefined> {
    this.scanner.damaged = 0;
    await this.device.request(request, parameters);
    const until = this.device.now() + ANSWER_MS;
    for (;;) {
      const left = until - this.device.now();
      const packet = left > 0 ? await this.next(left) : undefined;
      const frames = packet ? this.scanner.push(packet) : this.scanner.flush();
      for (const frame of frames) {
        if (frame.kind === (kind | ANSWER) && frame.item === item) return frame.payload;
        if (frame.kind === REFUSED && frame.item === kind) throw refusal(request, frame.payload[0]);
      }
      if (packet === undefined || this.scanner.damaged > 0) return undefined;
    }
  }

  private async next(ms: number): Promise<Uint8Array | undefined> {
    try {
      return (await this.stream.next(ms))?.bytes;
    } catch (error) {
      if (isOneBoxError(error, 'LINK_TIMEOUT')) return undefined;
      throw error;
    }
  }
}

function refusal(request: string, reason = 0): OneBoxError {
  return new OneBoxError('LINK_REFUSED', `${request}: ${REASONS[reason] ?? REASONS[0]}`, { reason });
}

/** `key value` lines of printable ASCII; others are left out. */
export function parseHello(payload: Uint8Array): Hello {
  const text = String.fromCharCode(...payload);
  const lines = text.split('\n').flatMap((line): [string, string][] => {
    const found = /^([a-z]{1,16}) ([\x21-\x7e][\x20-\x7e]{0,63})$/.exec(line);
    return found ? [[found[1]!, found[2]!]] : [];
  });
  return new Map(lines);
}
