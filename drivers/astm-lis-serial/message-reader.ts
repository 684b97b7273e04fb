import { progress } from '@onebox/driver-sdk/findings.js';
import { type AstmRecord, AstmRecordReader, fieldComponents } from '@onebox/driver-sdk/parts/astm-records.js';
import { astmSender, firstDate } from '@onebox/driver-sdk/parts/astm-result.js';
import { printable } from '@onebox/driver-sdk/parts/text.js';
import type { Finding, Time } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/wire.js';
import { InstrumentClock } from './clock.js';
import { contourHeader, contourResult, plainResult } from './contour.js';
import { analyserIdentity, commentFinding, meterIdentity, meterSettings, resultFinding } from './findings.js';

/** Action code of an order for quality control (ASTM E1394, 9.4.12). */
const QUALITY_CONTROL = 'Q';
/** Termination codes of an L record that mean a whole message: normal, and last record of a query. */
const NORMAL_ENDS: ReadonlySet<string> = new Set(['', 'N', 'F']);

/** Records of one upload, in their order, to findings. Pure: the clock comes in with the records. */
export class MessageReader {
  private readonly records = new AstmRecordReader();
  private readonly clock: InstrumentClock;
  private contour = false;
  private patient: string | null = null;
  private specimen: string | null = null;
  private control = false;
  private last: Time | undefined;
  private known = false;
  /** Results so far. */
  results = 0;
  /** An L record said that the sender did not finish. */
  aborted = false;

  constructor(utcOffsetMinutes: number) {
    this.clock = new InstrumentClock(utcOffsetMinutes);
  }

  /** True when a header has told who the instrument is. */
  get identified(): boolean {
    return this.known;
  }

  /** True when the header has told the settings of the instrument. */
  get hasSettings(): boolean {
    return this.known && this.contour;
  }

  read(text: string, at: number): Finding[] {
    const record = this.records.read(text);
    switch (record.type) {
      case 'H':
        return this.header(record, at);
      case 'P':
        this.patient = record.raw[2] || record.raw[3] || null;
        this.specimen = null;
        this.control = false;
        return [];
      case 'O':
        this.specimen = fieldComponents(record.raw[2], record.delimiters).find((part) => part !== null) ?? null;
        this.control = record.raw[11] === QUALITY_CONTROL;
        return [];
      case 'R':
        return this.result(record, at);
      case 'C':
        return this.comment(record);
      case 'L':
        this.aborted = !NORMAL_ENDS.has(record.raw[2] ?? '');
        return [];
      default:
        // M, Q, S and vendors' own records hold nothing that may be shown as a value.
        return [];
    }
  }

  private header(record: AstmRecord, at: number): Finding[] {
    const meter = contourHeader(record);
    this.contour = meter !== undefined;
    this.patient = this.specimen = null;
    this.control = false;
    this.aborted = false;
    const clock = this.clock.header(meter?.dateTime ?? firstDate(record.raw, [13]), at);
    const sender = astmSender(record);
    const named = meter !== undefined || Object.values(sender).some((part) => printable(part ?? '') !== '');
    const first = !this.known && named;
    this.known ||= named;
    return [
      ...(meter !== undefined ? [meterIdentity(meter)] : named ? [analyserIdentity(sender)] : []),
      ...(clock === undefined ? [] : [clock]),
      ...(first ? [progress('identity', 'done')] : []),
      ...(first && meter !== undefined
        ? [progress('settings', 'started'), ...meterSettings(meter, at), progress('settings', 'done')]
        : []),
      ...(first ? [progress('present', 'started')] : []),
    ];
  }

  private result(record: AstmRecord, at: number): Finding[] {
    this.results += 1;
    const order = this.results;
    const result = this.contour ? contourResult(record) : plainResult(record, this.control);
    const time = this.clock.time(result.dateTime, at) ?? {
      quality: v1.TimeQuality.TIME_QUALITY_ORDER_ONLY,
      order,
      ...(result.dateTime === null ? {} : { deviceText: result.dateTime }),
    };
    this.last = time;
    return [resultFinding(result, { time, order, specimen: this.specimen, patient: this.patient })];
  }

  private comment(record: AstmRecord): Finding[] {
    const words = printable(
      fieldComponents(record.raw[3], record.delimiters)
        .map((part) => part ?? '')
        .join(' '),
    );
    return this.last === undefined || words === '' ? [] : [commentFinding(words, this.last)];
  }
}
