import type { SimulatedDriver } from '@onebox/driver-sdk/simulated/faults.js';
import { SimulatedGattDevice, type SimulatedGattOptions } from '@onebox/driver-sdk/simulated/gatt-device.js';
import { type LayoutValues, layoutBytes } from '@onebox/driver-sdk/simulated/layout-bytes.js';
import type { SimulatedService } from '@onebox/driver-sdk/simulator.js';
import { HISTORY_STREAM } from './history-records.js';
import { ANSWERS, type AnswerName, answerName, ERROR_ANSWER } from './messages.js';
import { type Message, PacketRejected, readPackets, writePackets } from './packets.js';
import { PUMP_EPOCH } from './pump-time.js';
import { CHANNELS } from './requests.js';
import { PRESENT_GLUCOSE, practiceHistory, type StoredRecord } from './simulator-history.js';

/**
 * A practice pump whose link is authorised already: delivering, with automatic dosing on, while the linked sensor is low and
 * falling. It answers what a reader may ask, refuses the rest, and notes every attempt.
 */
export interface TandemOptions extends SimulatedGattOptions {
  /** API version; 2.5 and later know the newer answers. */
  readonly api?: readonly [number, number];
  /** Its user suspended delivery half an hour ago. */
  readonly suspended?: boolean;
  readonly historyHours?: number;
  /** Sequence numbers of records whose messages are damaged the first time that they are sent. */
  readonly damaged?: readonly number[];
  /** Sequence numbers of records that the pump has lost. */
  readonly lost?: readonly number[];
  /** Op codes of requests that this pump does not know. */
  readonly unknown?: readonly number[];
}

const MODEL = 'Practice t:slim X2';
const SERIAL = 900_042;
/** Characteristic of requests that change the pump. A reader must never write it. */
const CONTROL = '7B83FFFC9F774E5C8064AAE2C24838B9';
const BAD_OP_CODE = 6;
const BAD_LENGTH = 4;
const CRC_MISMATCH = 1;
const RECORDS_PER_MESSAGE = 3;
/** Seconds that an unset clock shows: since the reset. */
const SINCE_RESET = 10_601;
const MINUTE = 60;
const LAST_BOLUS = { amount: 4200, ago: 52 * MINUTE, id: 3274 };
const ALERT_LOW_POWER = 2;
const CGM_ALERT_LOW = 3;

export class PracticeTandemPump extends SimulatedGattDevice {
  readonly services: readonly SimulatedService[];
  /** What a reader must never do; a test looks here. */
  readonly violations: string[] = [];
  private stored: readonly StoredRecord[] | undefined;
  private readonly spoiled: Set<number>;
  private streamId = 0;
  private glucoseHasRisen = false;

  constructor(protected override readonly options: TandemOptions = {}) {
    super(options, MODEL, ['FDFB']);
    this.spoiled = new Set(options.damaged);
    this.services = [
      {
        uuid: 'FDFB',
        characteristics: [
          { uuid: CHANNELS.status, properties: ['write', 'notify'], write: (bytes) => this.asked(bytes) },
          { uuid: CHANNELS.events, properties: ['notify'] },
          { uuid: CHANNELS.history, properties: ['notify'] },
          { uuid: CONTROL, properties: ['write', 'notify'], write: () => void this.violations.push('control') },
        ],
      },
      this.information(),
    ];
  }

  /** Made at the first use, so that the newest value is some minutes old then. */
  get records(): readonly StoredRecord[] {
    this.stored ??= practiceHistory({
      clock: (ago) => this.seconds(ago),
      hours: this.options.historyHours ?? 26,
      notNumbers: this.has('not-a-number'),
      suspended: this.options.suspended ?? false,
      lastBolus: LAST_BOLUS,
    });
    return this.stored;
  }

  /** The sensor's value has risen above the limit: the pump ends its alert and says that something has changed. */
  glucoseRises(): void {
    this.glucoseHasRisen = true;
    void this.air?.notify(CHANNELS.events, Uint8Array.of(0x10, 0x80, 0, 0));
  }

  /** Seconds of the pump's clock. */
  private seconds(ago = 0): number {
    const wall = this.wallClock(ago * 1000);
    return wall === undefined ? Math.max(1, SINCE_RESET - ago) : Math.floor(wall / 1000) - PUMP_EPOCH;
  }

  private asked(bytes: Uint8Array): void {
    let message: Message;
    try {
      message = readPackets([bytes]);
    } catch (error) {
      if (!(error instanceof PacketRejected)) throw error;
      this.refuse(bytes[2] ?? 0, bytes[1] ?? 0, CRC_MISMATCH);
      return;
    }
    const { opCode, transaction, cargo } = message;
    const name = answerName(opCode + 1);
    if (name === undefined || this.options.unknown?.includes(opCode)) {
      if (name === undefined) this.violations.push(`op code ${opCode}`);
      this.refuse(opCode, transaction, BAD_OP_CODE);
    } else if (name === 'historyLog') this.history(transaction, cargo);
    else this.answer(name, transaction, { ...this.values()[name], ...segment(name, cargo) });
  }

  private refuse(opCode: number, transaction: number, error: number): void {
    void this.emit(CHANNELS.status, {
      opCode: ERROR_ANSWER,
      transaction,
      cargo: Uint8Array.of(opCode, error),
    });
  }

  private answer(name: AnswerName, transaction: number, values: LayoutValues): void {
    const { layout, request } = ANSWERS[name];
    const cargo = layoutBytes(layout, values);
    // Firmware of the future says more than the driver knows, but not in the message that tells its version.
    const more = this.has('newer-firmware') && name !== 'apiVersion' ? [0xa5, 0x5a] : [];
    void this.emit(CHANNELS.status, { opCode: request + 1, transaction, cargo: Uint8Array.from([...cargo, ...more]) });
  }

  private history(transaction: number, cargo: Uint8Array): void {
    if (cargo.length !== 5) {
      this.refuse(60, transaction, BAD_LENGTH);
      return;
    }
    const first = new DataView(cargo.buffer, cargo.byteOffset).getUint32(0, true);
    const count = cargo[4]!;
    this.streamId = (this.streamId + 1) % 256;
    this.answer('historyLog', transaction, { status: 0, streamId: this.streamId });
    const chosen = this.records
      .filter(({ sequence }) => sequence >= first && sequence < first + count)
      .filter(({ sequence }) => !this.options.lost?.includes(sequence))
      .toReversed();
    this.after(5, () => void this.streamRecords(chosen));
  }

  /** Newest first, a few in each message. */
  private async streamRecords(chosen: readonly StoredRecord[]): Promise<void> {
    for (let from = 0; from < chosen.length; from += RECORDS_PER_MESSAGE) {
      const part = chosen.slice(from, from + RECORDS_PER_MESSAGE);
      const cargo = Uint8Array.from([part.length, this.streamId, ...part.flatMap(({ bytes }) => [...bytes])]);
      const spoiled = part.filter(({ sequence }) => this.spoiled.delete(sequence)).length > 0;
      await this.emit(CHANNELS.history, { opCode: HISTORY_STREAM, transaction: 0, cargo }, spoiled);
      if (this.has('ends-early')) {
        this.air?.disconnect();
        return;
      }
    }
  }

  private async emit(channel: string, message: Message, spoiled = this.has('wrong-checksum')): Promise<void> {
    const packets = writePackets(message);
    const last = packets.at(-1);
    if (spoiled && last) last[last.length - 1]! ^= 0x5a;
    for (const packet of packets) await this.air?.notify(channel, packet);
  }

  /** What the pump says at this moment. */
  private values(): Partial<Record<AnswerName, LayoutValues>> {
    const { records } = this;
    const [majorVersion, minorVersion] = this.has('newer-firmware') ? [9, 0] : (this.options.api ?? [2, 5]);
    const battery = this.has('battery-low') ? 3 : (this.options.batteryPercent ?? 62);
    const power = { currentBatteryAbc: battery + 2, currentBatteryIbc: battery };
    const bolus = this.has('never-measured')
      ? {}
      : {
          status: 1,
          bolusId: LAST_BOLUS.id,
          timestamp: this.seconds(LAST_BOLUS.ago),
          deliveredVolume: LAST_BOLUS.amount,
          requestedVolume: LAST_BOLUS.amount,
          bolusStatusId: 3,
          bolusSourceId: 1,
          bolusTypeBitmask: 1,
        };
    const controlIq = { closedLoopEnabled: true, weight: 150, weightUnit: 1, totalDailyInsulin: 45 };
    return {
      apiVersion: { majorVersion, minorVersion },
      timeSinceReset: { currentTime: this.seconds(), pumpTimeSinceReset: SINCE_RESET },
      pumpVersion: { armSwVer: 70_801, serialNum: SERIAL, partNum: 1_002_717, pumpRev: '0', modelNum: 1_002_717 },
      alarmStatus: { intMap: 0n },
      alertStatus: { intMap: this.has('battery-low') ? 1n << BigInt(ALERT_LOW_POWER) : 0n },
      cgmAlertStatus: { intMap: this.glucoseUnknown || this.glucoseHasRisen ? 0n : 1n << BigInt(CGM_ALERT_LOW) },
      homeScreenMirror: {
        cgmTrendIconId: this.glucoseUnknown ? 0 : 6,
        cgmAlertIconId: 255,
        statusIcon0Id: 200,
        statusIcon1Id: 200,
        bolusStatusIconId: 200,
        basalStatusIconId: this.options.suspended ? 4 : 0,
        remainingInsulinPlusIcon: false,
        cgmDisplayData: !this.glucoseUnknown,
      },
      controlIqIob: {
        mudaliarIOB: 2410,
        timeRemainingSeconds: 11_700,
        mudaliarTotalIOB: 2600,
        swan6hrIOB: 2350,
        iobType: 1,
      },
      nonControlIqIob: { iob: 2410, timeRemaining: 11_700, totalIOB: 2600 },
      lastBolusStatus: bolus,
      lastBolusStatusV2: bolus,
      currentEgvGuiData: this.glucose(),
      currentBatteryV1: power,
      currentBatteryV2: { ...power, chargingStatus: 0 },
      highestAam: { remaining: new Uint8Array(3) },
      insulinStatus: { currentInsulinAmount: 118, isEstimate: 0, insulinLowAmount: 35 },
      currentBasalStatus: { profileBasalRate: 850, currentBasalRate: this.options.suspended ? 0 : 420 },
      controlIqInfoV1: controlIq,
      controlIqInfoV2: controlIq,
      globalMaxBolusSettings: { maxBolus: 15_000, maxBolusDefault: 10_000 },
      basalLimitSettings: { basalLimit: 5000, basalLimitDefault: 3000 },
      cgmGlucoseAlertSettings: {
        highGlucoseAlertThreshold: 250,
        highGlucoseAlertEnabled: 1,
        lowGlucoseAlertThreshold: 70,
        lowGlucoseAlertEnabled: 1,
      },
      profileStatus: { numberOfProfiles: 1, idpSlot0Id: 0, idpSlot1Id: 255, idpSlot2Id: 255 },
      idpSettings: {
        name: 'Practice',
        numberOfProfileSegments: 2,
        insulinDuration: 300,
        maxBolus: 15_000,
        carbEntry: true,
      },
      historyLogStatus: {
        numEntries: records.length,
        firstSequenceNum: records[0]?.sequence ?? 0,
        lastSequenceNum: records.at(-1)?.sequence ?? 0,
      },
    };
  }

  private get glucoseUnknown(): boolean {
    return this.has('never-measured') || this.has('not-a-number');
  }

  private glucose(): LayoutValues {
    if (this.has('never-measured')) return { egvStatusId: 4 };
    const at = { bgReadingTimestampSeconds: this.seconds(PRESENT_GLUCOSE.ago) };
    if (this.has('not-a-number')) return { ...at, cgmReading: 0xffff, egvStatusId: 0 };
    return { ...at, cgmReading: this.glucoseHasRisen ? 82 : PRESENT_GLUCOSE.value, egvStatusId: 1, trendRate: -2 };
  }
}

/** A profile with two segments: what is asked for comes back. */
function segment(name: AnswerName, [idp = 0, index = 0]: Uint8Array): LayoutValues {
  if (name === 'idpSettings') return { idpId: idp };
  if (name !== 'idpSegment') return {};
  const night = index === 0;
  return {
    idpId: idp,
    segmentIndex: index,
    profileStartTime: night ? 0 : 360,
    profileBasalRate: night ? 650 : 850,
    profileCarbRatio: night ? 10_000 : 8000,
    profileTargetBG: 110,
    profileISF: 40,
    idpStatusId: 15,
  };
}

const simulated: SimulatedDriver = {
  devices: { tandem: { transport: 'ble', make: (options) => new PracticeTandemPump(options) } },
  without: { 'wrong-unit': 'the protocol has no unit flags' },
};
export default simulated;
