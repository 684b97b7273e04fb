import { APDU, type Apdu, MESSAGE, PROTOCOL_20601 } from '../parts/phd-apdu.js';
import { ATTRIBUTE, PRODUCTION } from '../parts/phd-attributes.js';
import { ApduFramer } from '../parts/phd-framer.js';
import { ABORT } from '../parts/phd-manager.js';
import type { SerialLine, SerialSimulator, SerialUsb, SerialWire } from '../simulator.js';
import type { ContentFault } from './faults.js';
import { absoluteTime, apdu, attribute, type Bytes, be16, be32, float, list, octets, sfloat, text } from './mder.js';
import { seededRandom } from './values.js';

/** A coefficient and the exponent of ten. */
export type SimulatedNumber = readonly [coefficient: number, exponent: number];

/** One object of a simulated agent, and what it measures. */
export interface SimulatedObject {
  readonly handle: number;
  /** Code in partition 2. */
  readonly type: number;
  /** Code in partition 4. */
  readonly unit: number;
  readonly form: 'basic' | 'simple' | 'compound';
  /** Parts of a compound. */
  readonly parts?: readonly number[];
  measure(random: () => number): readonly SimulatedNumber[];
}

/** What an agent is, and how it reports. */
export interface AgentPlan {
  readonly model: string;
  /** Code in partition 8. */
  readonly specialisation: number;
  readonly configurationId: number;
  readonly objects: readonly SimulatedObject[];
  /** `stream`: unconfirmed values without a time, as long as somebody listens. A number: so many stored results. */
  readonly reports: 'stream' | number;
  /** Reports by attribute lists, not by the layout of the configuration. */
  readonly variable?: boolean;
  readonly battery?: number;
}

export interface AgentOptions {
  readonly seed?: number;
  readonly fault?: ContentFault;
  readonly usb?: SerialUsb;
  /** Minutes that its clock shows more than UTC; the zone of this computer when not given. */
  readonly clockMinutes?: number;
  /** Between two tries to associate, and between two reports, in ms. */
  readonly againMs?: number;
  readonly reportMs?: number;
}

type State = 'unassociated' | 'associating' | 'configuring' | 'operating' | 'releasing' | 'dead';

const MINUTE_MS = 60_000;
/** Between the results of a device that stores them. */
const STORED_MS = 7 * 60 * MINUTE_MS;
const EXTENDED = 0x4002;
const CELSIUS = 6048;
const VERSION_1 = 0x80000000;
const AGENT = 0x00800000;
const SYSTEM_ID = [0x02, 0x50, 0x52, 0x41, 0x43, 0x54, 0x49, 0x43];
/** How long a manager has to answer. */
const RESPONSE_MS = 3_000;
const EVENT_FIXED = 0x0d1d;
const EVENT_VAR = 0x0d1e;

/** A made-up personal health device (IEEE 11073-20601 agent). Who may not change it and tries is kept in `refused`. */
export class SimulatedAgent implements SerialSimulator {
  readonly line: SerialLine = { baudRate: 115_200 };
  readonly usb?: SerialUsb;
  /** APDUs that it had, by name, and messages that no reader may send. */
  readonly heard: string[] = [];
  readonly refused: number[] = [];
  private readonly framer = new ApduFramer();
  private readonly random: () => number;
  private wire: SerialWire | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private state: State = 'unassociated';
  private invokeId = 0;
  private sent = 0;

  constructor(
    private readonly plan: AgentPlan,
    private readonly options: AgentOptions = {},
  ) {
    if (options.usb) this.usb = options.usb;
    this.random = seededRandom(options.seed ?? 1);
  }

  start(wire: SerialWire): void {
    this.wire = wire;
    wire.onBytes((bytes) => {
      for (const result of this.framer.push(bytes)) if ('apdu' in result) this.hear(result.apdu);
    });
    this.after(300, () => this.associate());
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private get fault(): ContentFault | undefined {
    return this.options.fault;
  }

  /** A standard configuration cannot be wrong: faults of the configuration make it one of the device's own. */
  private get configurationId(): number {
    return this.fault === 'wrong-unit' || this.fault === 'newer-firmware' ? EXTENDED : this.plan.configurationId;
  }

  private associate(): void {
    this.state = 'associating';
    this.sent = 0;
    const info = [
      ...be32(VERSION_1),
      ...be16(0x8000),
      ...be32(VERSION_1),
      ...be32(0),
      ...be32(AGENT),
      ...octets(SYSTEM_ID),
      ...be16(this.configurationId),
      ...be16(0x0001),
      ...[1, 0],
      ...list([]),
    ];
    const protocol = [...be16(PROTOCOL_20601), ...octets(info)];
    this.send(apdu(APDU.AARQ, [...be32(VERSION_1), ...list([protocol])]));
    this.after(this.options.againMs ?? 3_000, () => this.associate());
  }

  private hear(heard: Apdu): void {
    const name = heard.kind === 'PRST' ? heard.message.kind : heard.kind;
    this.heard.push(name);
    if (name === 'set' || name === 'action') this.refused.push(heard.kind === 'PRST' ? heard.choice : 0);
    if (this.state === 'dead') return;
    if (heard.kind === 'ABRT') this.end();
    else if (heard.kind === 'RLRE' && this.state === 'releasing') this.end();
    else if (heard.kind === 'RLRQ') {
      this.send(apdu(APDU.RLRE, be16(0)));
      this.end();
    } else if (heard.kind === 'AARE' && this.state === 'associating') {
      if (heard.result === 0) this.operate();
      else if (heard.result === 3) this.configure();
    } else if (heard.kind === 'PRST') this.answer(heard);
  }

  private answer({ invokeId, message }: Extract<Apdu, { kind: 'PRST' }>): void {
    if (message.kind === 'get' && this.state === 'operating') {
      this.send(this.message(invokeId, MESSAGE.getReply, [...be16(0), ...list(this.mds())]));
    } else if (message.kind === 'event-reply' && invokeId === this.invokeId) {
      if (this.state === 'configuring' && message.configuration?.result === 0) this.operate();
      else if (this.state === 'operating') this.after(this.options.reportMs ?? 1_000, () => this.report());
    }
  }

  private configure(): void {
    this.state = 'configuring';
    const objects = this.plan.objects.map((object) => [
      ...be16(6),
      ...be16(object.handle),
      ...list(this.described(object)),
    ]);
    if (this.fault === 'newer-firmware')
      objects.push([...be16(99), ...be16(77), ...list([attribute(0x0fff, [1, 2, 3])])]);
    this.event(true, 0x0d1c, [...be16(this.configurationId), ...list(objects)]);
    this.after(10_000, () => this.associate());
  }

  private described({ type, unit, form, parts }: SimulatedObject): Bytes[] {
    const stamp = this.plan.reports === 'stream' ? [] : [[...be16(ATTRIBUTE.absoluteTimeStamp), ...be16(8)]];
    const [id, length] = FORMS[form];
    const unitCode = this.fault === 'wrong-unit' ? CELSIUS : unit;
    return [
      attribute(ATTRIBUTE.type, [...be16(2), ...be16(type)]),
      attribute(ATTRIBUTE.metricSpecification, be16(0xf040)),
      attribute(ATTRIBUTE.unit, be16(unitCode)),
      ...(parts ? [attribute(ATTRIBUTE.metricIds, list(parts.map(be16)))] : []),
      attribute(ATTRIBUTE.valueMap, list([[...be16(id), ...be16(length)], ...stamp])),
    ];
  }

  private operate(): void {
    this.state = 'operating';
    this.after(this.options.reportMs ?? 1_000, () => this.report());
  }

  private report(): void {
    if (this.state !== 'operating') return;
    const stream = this.plan.reports === 'stream';
    const due = this.fault === 'never-measured' ? 0 : this.plan.reports;
    if (due !== 'stream' && this.sent >= due) {
      this.state = 'releasing';
      this.send(apdu(APDU.RLRQ, be16(0)));
      this.after(RESPONSE_MS, () => this.giveUp());
      return;
    }
    this.sent += 1;
    const at = this.stamp();
    const variable = this.plan.variable === true;
    const observations = this.plan.objects.map((object) => {
      const value = this.value(object);
      if (!variable) return [...be16(object.handle), ...octets([...value, ...(stream ? [] : at)])];
      const [id] = FORMS[object.form];
      const attributes = [attribute(id, value), attribute(ATTRIBUTE.absoluteTimeStamp, at)];
      return [...be16(object.handle), ...list(attributes)];
    });
    if (this.fault === 'newer-firmware') this.event(false, 0x0dff, [1, 2, 3, 4]);
    const body = [...be16(0xf000), ...be16(this.sent - 1), ...list(observations)];
    this.event(!stream, variable ? EVENT_VAR : EVENT_FIXED, body);
    if (stream) this.after(this.options.reportMs ?? 1_000, () => this.report());
    else this.after(RESPONSE_MS, () => this.giveUp());
  }

  private value({ form, measure }: SimulatedObject): Bytes {
    const numbers = measure(this.random).map(([coefficient, exponent]) =>
      this.fault === 'not-a-number' ? ([undefined, 0] as const) : ([coefficient, exponent] as const),
    );
    if (form === 'compound') return list(numbers.map(([coefficient, exponent]) => sfloat(coefficient, exponent)));
    const [coefficient, exponent] = numbers[0] ?? [undefined, 0];
    return form === 'basic' ? sfloat(coefficient, exponent) : float(coefficient, exponent);
  }

  /** Now, or for stored results some hours before, by the clock of the device. */
  private stamp(): Bytes {
    const before = typeof this.plan.reports === 'number' ? this.plan.reports - this.sent : 0;
    const clock = this.clock();
    return absoluteTime(clock === undefined ? undefined : clock - before * STORED_MS);
  }

  private clock(): number | undefined {
    if (this.fault === 'clock-unset') return undefined;
    const now = this.wire?.now() ?? 0;
    const minutes =
      (this.options.clockMinutes ?? -new Date(now).getTimezoneOffset()) + (this.fault === 'clock-off' ? 40 : 0);
    return now + minutes * MINUTE_MS;
  }

  private mds(): Bytes[] {
    const { specialisation, model, battery = 80 } = this.plan;
    const firmware = this.fault === 'newer-firmware' ? '99.0' : '1.0';
    const production = [
      [...be16(PRODUCTION.serial), ...be16(0), ...text('PRACTICE-0001')],
      [...be16(PRODUCTION.firmware), ...be16(0), ...text(firmware)],
    ];
    return [
      attribute(ATTRIBUTE.specialisations, list([[...be16(specialisation), ...be16(1)]])),
      attribute(ATTRIBUTE.model, [...text('Practice'), ...text(model)]),
      attribute(ATTRIBUTE.systemId, octets(SYSTEM_ID)),
      attribute(ATTRIBUTE.configurationId, be16(this.configurationId)),
      attribute(ATTRIBUTE.productionSpecification, list(production)),
      attribute(ATTRIBUTE.absoluteTime, absoluteTime(this.clock())),
      attribute(ATTRIBUTE.batteryCharge, be16(this.fault === 'battery-low' ? 3 : battery)),
    ];
  }

  private event(confirmed: boolean, type: number, info: Bytes): void {
    this.invokeId = (this.invokeId + 1) & 0xffff;
    const body = [...be16(0), ...be32(0xffffffff), ...be16(type), ...octets(info)];
    const bytes = this.message(this.invokeId, confirmed ? MESSAGE.confirmedEvent : MESSAGE.event, body);
    if (this.fault !== 'ends-early' || type === 0x0d1c || this.sent < this.reportsBeforeEnd) {
      this.send(bytes);
      return;
    }
    // The battery falls out in the middle of a report.
    this.send(bytes.slice(0, bytes.length >> 1));
    this.state = 'dead';
    this.stop();
  }

  /** A device with one result ends in the middle of it, others in the middle of the second. */
  private get reportsBeforeEnd(): number {
    return this.plan.reports === 1 ? 1 : 2;
  }

  private message(invokeId: number, choice: number, body: Bytes): Bytes {
    return apdu(APDU.PRST, octets([...be16(invokeId), ...be16(choice), ...octets(body)]));
  }

  /** Nobody confirmed in time: an agent aborts then, and keeps what it has. */
  private giveUp(): void {
    this.send(apdu(APDU.ABRT, be16(ABORT.responseTimeout)));
    this.end();
  }

  private end(): void {
    this.state = 'unassociated';
    this.after((this.options.againMs ?? 3_000) * 3, () => this.associate());
  }

  private send(bytes: Bytes): void {
    this.wire?.send(Uint8Array.from(bytes));
  }

  private after(ms: number, run: () => void): void {
    clearTimeout(this.timer);
    if (this.state !== 'dead') this.timer = setTimeout(run, ms);
  }
}

/** Attribute of a value, and how long it is. */
const FORMS: Readonly<Record<SimulatedObject['form'], readonly [id: number, length: number]>> = {
  basic: [ATTRIBUTE.basicValue, 2],
  simple: [ATTRIBUTE.simpleValue, 4],
  compound: [ATTRIBUTE.basicCompound, 10],
};
