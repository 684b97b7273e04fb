import { ERRORS, type ErrorName, OneBoxError } from '@onebox/protocol/errors.js';
import type { Phase } from '@onebox/protocol/messages.js';
import type { Channel, SerialSettings, TransportKind } from '../links/link.js';

/**
 * Recordings (`.obrec`): the traffic of one session. First line: the header in JSON. Then one JSON line for each
 * packet: `t` milliseconds since the start, `dir`, `ch` channel, `hex` bytes. Lines end with LF. The last line is
 * the event `end`; a file without it was cut off.
 */
export interface RecordingHeader {
  readonly format: 'onebox-recording';
  readonly version: 1;
  readonly transport: TransportKind;
  readonly driver: { readonly id: string; readonly version: string };
  readonly channels: readonly Channel[];
  readonly line?: SerialSettings;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Of a simulated device. */
  readonly practice: boolean;
  /** Bytes of channels that identify somebody are replaced by `X`, as many as there were. */
  readonly masked: boolean;
  /** Phases that were wanted, and whether live values were: a replay asks for the same. */
  readonly phases?: readonly Phase[];
  readonly live?: boolean;
  /** The tablet's zone then, minutes east of UTC: devices without a zone are read in it. */
  readonly utcOffsetMinutes?: number;
}

export type RecordingItem =
  /** From the device: a notification, an indication, bytes of a line. */
  | { readonly t: number; readonly dir: 'in'; readonly ch: string; readonly hex: string }
  /** To the device. */
  | { readonly t: number; readonly dir: 'out'; readonly ch: string; readonly hex: string }
  /** The answer to a read: a value or an error. */
  | {
      readonly t: number;
      readonly dir: 'event';
      readonly event: 'read';
      readonly ch: string;
      readonly hex?: string;
      readonly error?: ErrorName;
    }
  | { readonly t: number; readonly dir: 'event'; readonly event: 'subscribe' | 'unsubscribe'; readonly ch: string }
  /** The write or subscription that was begun last on this channel failed. */
  | {
      readonly t: number;
      readonly dir: 'event';
      readonly event: 'write-failed' | 'subscribe-failed';
      readonly ch: string;
      readonly error: ErrorName;
    }
  /** A further link of the same session. */
  | { readonly t: number; readonly dir: 'event'; readonly event: 'link' }
  /** The link was lost. */
  | { readonly t: number; readonly dir: 'event'; readonly event: 'lost'; readonly error: ErrorName }
  | { readonly t: number; readonly dir: 'event'; readonly event: 'end' };

export interface Recording {
  readonly header: RecordingHeader;
  readonly items: readonly RecordingItem[];
  /** The end is missing: `items` is what is there. */
  readonly truncated: boolean;
}

/** One line with its LF. */
export function encodeLine(line: RecordingHeader | RecordingItem): string {
  return `${JSON.stringify(line)}\n`;
}

/** Reads a recording. RECORDING_INVALID with the line of what is wrong; a cut last line is no error. */
export function parseRecording(text: string): Recording {
  const lines = text.split('\n');
  const cut = lines.pop() !== '';
  const [first, ...rest] = lines;
  if (first === undefined) throw invalid(1, 'no header');
  const header = parseHeader(parseJson(first, 1));
  const items: RecordingItem[] = [];
  let time = 0;
  for (const [index, line] of rest.entries()) {
    const number = index + 2;
    if (items.at(-1)?.dir === 'event' && isEnd(items.at(-1))) throw invalid(number, 'something after the end');
    const item = parseItem(parseJson(line, number), number);
    if (item.t < time) throw invalid(number, 'time goes back');
    time = item.t;
    items.push(item);
  }
  return { header, items, truncated: cut || !isEnd(items.at(-1)) };
}

const isEnd = (item: RecordingItem | undefined): boolean => item?.dir === 'event' && item.event === 'end';

const invalid = (line: number, why: string) => new OneBoxError('RECORDING_INVALID', `line ${line}: ${why}`, { line });

function parseJson(line: string, number: number): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw invalid(number, 'not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(number, 'not an object');
  return value as Record<string, unknown>;
}

function parseHeader(value: Record<string, unknown>): RecordingHeader {
  const {
    format,
    version,
    transport,
    driver,
    channels,
    line,
    startedAt,
    practice,
    masked,
    phases,
    live,
    utcOffsetMinutes,
  } = value;
  if (format !== 'onebox-recording') throw invalid(1, 'not a recording');
  if (version !== 1) throw new OneBoxError('PROTOCOL_VERSION', 'recording');
  if (transport !== 'ble' && transport !== 'serial' && transport !== 'file') throw invalid(1, 'transport');
  const { id, version: driverVersion } = isObject(driver) ? driver : {};
  if (typeof id !== 'string' || typeof driverVersion !== 'string') throw invalid(1, 'driver');
  if (!Array.isArray(channels) || !channels.every(isChannel)) throw invalid(1, 'channels');
  if (line !== undefined && !isLine(line)) throw invalid(1, 'line');
  if (typeof startedAt !== 'number' || !Number.isSafeInteger(startedAt)) throw invalid(1, 'startedAt');
  if (typeof practice !== 'boolean' || typeof masked !== 'boolean') throw invalid(1, 'practice or masked');
  if (phases !== undefined && !(Array.isArray(phases) && phases.every((phase) => Number.isInteger(phase))))
    throw invalid(1, 'phases');
  if (live !== undefined && typeof live !== 'boolean') throw invalid(1, 'live');
  if (utcOffsetMinutes !== undefined && (typeof utcOffsetMinutes !== 'number' || Math.abs(utcOffsetMinutes) > 1440))
    throw invalid(1, 'utcOffsetMinutes');
  return {
    format,
    version,
    transport,
    driver: { id, version: driverVersion },
    channels,
    ...(line === undefined ? {} : { line }),
    startedAt,
    practice,
    masked,
    ...(phases === undefined ? {} : { phases: phases as Phase[] }),
    ...(live === undefined ? {} : { live }),
    ...(utcOffsetMinutes === undefined ? {} : { utcOffsetMinutes }),
  };
}

function parseItem(value: Record<string, unknown>, number: number): RecordingItem {
  const { t, dir, ch, hex, event, error } = value;
  if (typeof t !== 'number' || !Number.isFinite(t) || t < 0) throw invalid(number, 't');
  if (error !== undefined && !isErrorName(error)) throw invalid(number, 'error');
  if (dir === 'event' && (event === 'link' || event === 'end')) return { t, dir, event };
  if (dir === 'event' && event === 'lost') {
    if (error === undefined) throw invalid(number, 'error');
    return { t, dir, event, error };
  }
  if (typeof ch !== 'string' || ch === '') throw invalid(number, 'ch');
  if (dir === 'event' && (event === 'subscribe' || event === 'unsubscribe')) return { t, dir, event, ch };
  if (dir === 'event' && (event === 'write-failed' || event === 'subscribe-failed')) {
    if (error === undefined) throw invalid(number, 'error');
    return { t, dir, event, ch, error };
  }
  if (hex !== undefined && !isHex(hex)) throw invalid(number, 'hex');
  if (dir === 'event' && event === 'read') {
    if ((hex === undefined) === (error === undefined)) throw invalid(number, 'a read has either hex or error');
    return { t, dir, event, ch, ...(hex === undefined ? {} : { hex }), ...(error === undefined ? {} : { error }) };
  }
  if (hex === undefined) throw invalid(number, 'hex');
  if (dir === 'in') return { t, dir, ch, hex };
  if (dir === 'out') return { t, dir, ch, hex };
  throw invalid(number, 'dir or event');
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const isHex = (value: unknown): value is string => typeof value === 'string' && /^(?:[0-9a-f]{2})*$/.test(value);

const isErrorName = (value: unknown): value is ErrorName => typeof value === 'string' && Object.hasOwn(ERRORS, value);

const FLAGS = ['canRead', 'canNotify', 'canIndicate', 'canWrite', 'canWriteWithoutResponse'] as const;

function isChannel(value: unknown): value is Channel {
  if (!isObject(value) || typeof value.id !== 'string' || typeof value.service !== 'string') return false;
  return FLAGS.every((flag) => typeof value[flag] === 'boolean');
}

function isLine(value: unknown): value is SerialSettings {
  return isObject(value) && typeof value.baudRate === 'number';
}
