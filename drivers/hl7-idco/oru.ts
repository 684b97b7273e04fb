import {
  type Hl7Charset,
  type Hl7Delimiters,
  Hl7Segment,
  hl7Charset,
  hl7Delimiters,
} from '@onebox/driver-sdk/parts/hl7-er7.js';
import { type Hl7Time, hl7Time } from '@onebox/driver-sdk/parts/hl7-types.js';
import { printable } from '@onebox/driver-sdk/parts/text.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import { maker, type ObservedTerm, observedTerm } from './codes.js';

/** An ORU^R01 message by IHE PCD-09 (IDCO), as read segment by segment: what it states, nothing interpreted yet. */

/** One OBX segment. */
export interface Obx extends ObservedTerm {
  /** Place among the OBX segments of the message, from 1: how a finding says where it comes from. */
  readonly place: number;
  /** OBX-2, data type. */
  readonly type: string;
  /** OBX-4: number of the lead, zone or episode, from 1. */
  readonly group: number;
  /** OBX-5, its repetitions in components. Empty for an encapsulated document. */
  readonly values: readonly (readonly string[])[];
  /** OBX-5 as it was sent: encapsulated documents only. */
  readonly document?: Uint8Array;
  readonly units: readonly string[];
  /** OBX-8: NI, NAV, OFF, < and > among others. */
  readonly flags: readonly string[];
  /** OBX-11. */
  readonly status: string;
  /** OBX-14. */
  readonly time?: Hl7Time;
  /** OBR-7 of the order above it, or OBR-8. */
  readonly session?: Hl7Time;
}

/** Who the device and the patient are, as PID says. Texts are printable. */
export interface Pid {
  readonly manufacturer: string;
  readonly model: string;
  readonly serial: string;
  readonly patientIds: readonly string[];
  readonly patientName: string;
  readonly birthDate: string;
  readonly sex: string;
}

/** More OBX segments than any programmer sends. */
const MOST_OBSERVATIONS = 20_000;
/** Result status, table 0085. */
const STATUSES = /^[BCDFINOPRSUVWX]$/;
/** Results that were taken back: deleted, or sent for the wrong patient. */
const TAKEN_BACK: ReadonlySet<string> = new Set(['D', 'W']);

export class OruMessage {
  readonly observations: Obx[] = [];
  pid: Pid | undefined;
  /** NTE-3 of the message. */
  readonly notes: string[] = [];
  /** OBR-7 of the first order, or OBR-8. */
  session: Hl7Time | undefined;
  /** MSH-7. */
  written: Hl7Time | undefined;
  /** MSH-11 is not P: made for training or debugging. */
  practice = false;
  /** The last segment was cut off, and is not used. */
  cut = false;
  /** Segments are damaged, missing or out of order; damaged ones are not used. */
  damaged = false;
  /** Observations beyond the bound were left out. */
  tooMany = false;
  #delimiters: Hl7Delimiters | undefined;
  #charset: Hl7Charset = hl7Charset('');
  #order: Hl7Time | undefined;
  #place = 0;
  #number: number | undefined;

  /** `line`: it came over a line that nothing protects, so that a segment without its status is a damaged one. */
  constructor(
    readonly utcOffsetMinutes: number,
    readonly line = false,
  ) {}

  /**
   * Takes the next segment. `terminated` false: the stream ended in it, so that its last field may be half.
   * @throws OneBoxError PROTOCOL_DECODE for an MSH that cannot be read, PROTOCOL_INVALID when the message is no ORU,
   * PROTOCOL_VERSION when it is not HL7 v2
   */
  take(bytes: Uint8Array, terminated: boolean): void {
    this.#delimiters ??= hl7Delimiters(bytes);
    const segment = new Hl7Segment(bytes, this.#delimiters, this.#charset);
    if (!terminated && !(segment.name === 'OBX' && segment.last === 11 && segment.raw(11).length === 1)) {
      // A half number is another number.
      this.cut = true;
      return;
    }
    switch (segment.name) {
      case 'MSH':
        this.#header(segment);
        break;
      case 'PID':
        this.pid ??= readPid(segment);
        break;
      case 'OBR':
        // Some senders give only the end of the session.
        this.#order = this.#time(segment.first(7)) ?? this.#time(segment.first(8));
        this.session ??= this.#order;
        break;
      case 'OBX':
        this.#observation(segment);
        break;
      case 'NTE':
        this.#note(segment);
        break;
    }
  }

  #header(segment: Hl7Segment): void {
    const [type = '', event = ''] = segment.first(9);
    if (type !== 'ORU' || (event !== '' && event !== 'R01')) throw new OneBoxError('PROTOCOL_INVALID', 'not ORU^R01');
    const [version = ''] = segment.first(12);
    if (version !== '' && !/^2(?:\.|$)/.test(version)) throw new OneBoxError('PROTOCOL_VERSION', 'not HL7 v2');
    this.#charset = hl7Charset(segment.first(18)[0] ?? '');
    this.written = this.#time(segment.first(7));
    const [processing = ''] = segment.first(11);
    this.practice = processing === 'T' || processing === 'D';
  }

  #observation(segment: Hl7Segment): void {
    this.#place += 1;
    this.#followNumber(segment.text(1).trim());
    const term = observedTerm(segment.first(3));
    const status = segment.text(11).trim();
    if (!term || !this.#isSound(segment, status)) {
      this.damaged = true;
      return;
    }
    if (TAKEN_BACK.has(status)) return;
    if (this.observations.length >= MOST_OBSERVATIONS) {
      this.tooMany = true;
      return;
    }
    const type = segment.text(2).trim().toUpperCase();
    const time = this.#time(segment.first(14));
    this.observations.push({
      ...term,
      place: this.#place,
      type,
      group: groupOf(segment.text(4)),
      values: type === 'ED' ? [] : segment.repetitions(5),
      ...(type === 'ED' ? { document: segment.raw(5) } : {}),
      units: segment.first(6),
      flags: segment.repetitions(8).flatMap(([flag]) => (flag ? [printable(flag)] : [])),
      status,
      ...(time ? { time } : {}),
      ...(this.#order ? { session: this.#order } : {}),
    });
  }

  /** OBX-1 counts the segments of an order: a step over a number, or back, shows that some are lost or out of order. */
  #followNumber(text: string): void {
    const before = this.#number;
    this.#number = /^\d{1,6}$/.test(text) ? Number(text) : undefined;
    if (before === undefined || this.#number === undefined) return;
    const step = this.#number - before;
    if (step !== 0 && step !== 1 && this.#number !== 1) this.damaged = true;
  }

  /** A type and a status as the standard has them. */
  #isSound(segment: Hl7Segment, status: string): boolean {
    const [type, known] = [segment.text(2).trim(), STATUSES.test(status)];
    return /^(?:[A-Za-z]{2,3})?$/.test(type) && (known || (status === '' && !this.line));
  }

  #note(segment: Hl7Segment): void {
    const text = printable(
      segment
        .repetitions(3)
        .map((one) => one.join(' '))
        .join(' '),
      2000,
    );
    if (text !== '' && this.notes.length < 100) this.notes.push(text);
  }

  #time([text = '']: readonly string[]): Hl7Time | undefined {
    return hl7Time(text, this.utcOffsetMinutes);
  }

  /** The delimiters of the message; undefined before its MSH. */
  get delimiters(): Hl7Delimiters | undefined {
    return this.#delimiters;
  }
}

/** `2`, and the first number of `2.1`; 1 for what is none. */
function groupOf(text: string): number {
  const number = Number(/^\s*(\d{1,6})(?:\D|$)/.exec(text)?.[1] ?? 1);
  return number === 0 ? 1 : number;
}

/** XPN: family, given and further names. */
function personName([family = '', ...given]: readonly string[]): string {
  const first = given.slice(0, 2).filter(Boolean).join(' ');
  return printable([family, first].filter(Boolean).join(', '));
}

const DEVICE_ID = /^\s*model:(.*?)\/serial:(.*)$/is;

/** PID-3 names the device among the patient's identifiers: `model:XXX/serial:YYY^^^MFG^U`. */
function readPid(segment: Hl7Segment): Pid {
  const ids = segment.repetitions(3);
  const device = ids.find(([id = '']) => DEVICE_ID.test(id));
  const [, model = '', serial = ''] = DEVICE_ID.exec(device?.[0] ?? '') ?? [];
  const named = ids.filter((one) => one !== device && (one[0] ?? '').trim() !== '');
  return {
    manufacturer: maker([device?.[3] ?? '']),
    model: printable(model),
    serial: printable(serial),
    patientIds: named.map(([id = '', , , , kind = '']) => printable(kind === '' ? id : `${id} (${kind})`)).slice(0, 8),
    patientName: personName(segment.first(5)),
    birthDate: hl7Time(segment.first(7)[0] ?? '', 0)?.text ?? '',
    sex: printable(segment.first(8)[0] ?? ''),
  };
}
