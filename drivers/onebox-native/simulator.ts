import { DEVICE_CLASSES } from '@onebox/driver-sdk/manifest.js';
import type { SimulatedDriver, SimulationOptions, SimulatorMaker } from '@onebox/driver-sdk/simulated/faults.js';
import type { BleAir, BleSimulator, SerialSimulator, SerialUsb, SerialWire } from '@onebox/driver-sdk/simulator.js';
import { Deframer, Fragmenter, frame, Reassembler } from '@onebox/protocol/framing.js';
import { CONTENT_FAULTS, type Misbehaviour } from './misbehaviour.js';
import { NativeDevice } from './native-device.js';
import type { PracticePatient } from './practice/patient.js';
import { PATIENTS, SECOND_ICD } from './practice/patients.js';
import { advertisedData, LINE, REQUEST, RESPONSE, SERVICE } from './profile.js';

export interface NativeSimulatorOptions {
  readonly faults?: Misbehaviour;
  /** Serial: the USB adapter that the port shows. */
  readonly usb?: SerialUsb;
  /** Serial: bytes leave as fast as the line is, which is the default, or at once. */
  readonly paced?: boolean;
}

/** A practice patient behind the GATT service. `faults` may be changed at any time. */
export class NativeBleSimulator implements BleSimulator {
  readonly advertisement;
  readonly services;
  readonly device: NativeDevice;
  #air: BleAir | undefined;
  #fragmenter = new Fragmenter();
  #reassembler = new Reassembler();
  #sent = 0;

  constructor(patient: PracticePatient, { faults = {} }: NativeSimulatorOptions = {}) {
    this.device = new NativeDevice(patient, (message, number) => this.#send(message, number), faults);
    const data = advertisedData(DEVICE_CLASSES.indexOf(patient.deviceClass) + 1, patient.serial);
    this.advertisement = {
      name: patient.name,
      services: [],
      serviceData: [{ service: SERVICE, data }],
      intervalMs: 250,
    } as const;
    const write = (bytes: Uint8Array): void => {
      for (const message of this.#reassembler.push(bytes).messages) this.device.receive(message);
    };
    this.services = [
      {
        uuid: SERVICE,
        characteristics: [
          { uuid: REQUEST, properties: ['write'], write },
          { uuid: RESPONSE, properties: ['notify'] },
        ],
      },
    ] as const;
  }

  start(air: BleAir): void {
    this.#air = air;
    this.device.now = () => air.now();
    air.onConnection((connected) => {
      this.device.interrupt();
      this.#fragmenter = new Fragmenter();
      this.#reassembler = new Reassembler();
      if (connected) this.#sent = 0;
    });
  }

  stop(): void {
    this.device.interrupt();
  }

  async #send(message: Uint8Array, number: number): Promise<void> {
    const air = this.#air;
    if (!air) return;
    const { breakMessage, duplicateMessage, disconnectAfter } = this.device.faults;
    const fragments = this.#fragmenter.split(message, air.maxNotification);
    const last = fragments.length - 1;
    // A fragment that comes short by more than its header cannot be joined.
    if (number === breakMessage) fragments[last] = (fragments[last] ?? new Uint8Array()).subarray(0, 1);
    for (const fragment of fragments) {
      if (disconnectAfter !== undefined && this.#sent + fragment.length > disconnectAfter) {
        this.device.faults = { ...this.device.faults, disconnectAfter: undefined };
        this.device.interrupt();
        air.disconnect();
        return;
      }
      this.#sent += fragment.length;
      await air.notify(RESPONSE, fragment);
      if (number === duplicateMessage) await air.notify(RESPONSE, fragment);
    }
  }
}

/** Bytes that leave a serial device at once. */
const SLICE = 256;

/** A practice patient on a serial line: frames with CRC at 115200 8N1. */
export class NativeSerialSimulator implements SerialSimulator {
  readonly line = LINE;
  readonly usb?: SerialUsb;
  readonly device: NativeDevice;
  #wire: SerialWire | undefined;
  readonly #deframer = new Deframer();
  #sent = 0;

  readonly paced: boolean;

  constructor(patient: PracticePatient, { faults = {}, usb, paced = true }: NativeSimulatorOptions = {}) {
    this.paced = paced;
    if (usb) this.usb = usb;
    this.device = new NativeDevice(patient, (message, number) => this.#send(message, number), faults);
  }

  start(wire: SerialWire): void {
    this.#wire = wire;
    this.device.now = () => wire.now();
    wire.onBytes((bytes) => {
      for (const message of this.#deframer.push(bytes).messages) this.device.receive(message);
    });
  }

  stop(): void {
    this.device.interrupt();
  }

  async #send(message: Uint8Array, number: number): Promise<void> {
    const { breakMessage, duplicateMessage, disconnectAfter } = this.device.faults;
    const framed = frame(message);
    if (number === breakMessage) framed[framed.length >> 1] = (framed[framed.length >> 1] ?? 0) ^ 0x20 || 0x40;
    const room = disconnectAfter === undefined ? framed.length : Math.max(0, disconnectAfter - this.#sent);
    this.#sent += Math.min(room, framed.length);
    for (let at = 0; at < room; at += SLICE) {
      this.#wire?.send(framed.subarray(at, Math.min(room, at + SLICE)));
      await this.#pause(SLICE);
    }
    if (number === duplicateMessage) this.#wire?.send(framed);
  }

  /** Waits as long as the line needs for so many bytes, ten bits each. */
  async #pause(bytes: number): Promise<void> {
    await new Promise((resolve) =>
      this.paced ? setTimeout(resolve, (bytes * 10_000) / LINE.baudRate) : setImmediate(resolve),
    );
  }
}

const faultsOf = ({ fault }: SimulationOptions): Misbehaviour => (fault && CONTENT_FAULTS[fault]) ?? {};

const simulated: SimulatedDriver = {
  devices: {
    ...Object.fromEntries(
      PATIENTS.map((patient): [string, SimulatorMaker] => [
        patient.key,
        { transport: 'ble', make: (options) => new NativeBleSimulator(patient, { faults: faultsOf(options) }) },
      ]),
    ),
    wand: {
      transport: 'serial',
      make: (options) => new NativeSerialSimulator(SECOND_ICD, { faults: faultsOf(options) }),
    },
  },
  without: { 'battery-low': 'a patient of its own has it: the pacemaker at replacement time' },
};
export default simulated;
