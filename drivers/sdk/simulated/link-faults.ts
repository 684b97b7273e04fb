import type {
  BleAir,
  BleSimulator,
  SerialSimulator,
  SerialWire,
  SimulatedAdvertisement,
  SimulatedCharacteristic,
  SimulatedService,
} from '../simulator.js';
import type { LinkFault } from './faults.js';
import { PacketFaults } from './packet-faults.js';

/** Puts faults of the link around a simulator that knows nothing of them. */

const READ_NOT_PERMITTED = 0x02;
/** Escape, right-to-left override, markup, a zero, and bytes that are no UTF-8. */
const HOSTILE = Uint8Array.from([
  ...[0x1b, 0x5b, 0x32, 0x4a, 0xe2, 0x80, 0xae, 0x3c, 0x62, 0x3e, 0x00, 0x26],
  ...[0xff, 0xfe, 0xc3, 0x28, 0x0a, 0x7b, 0x78, 0x7d],
]);
/** Characteristics that hold names: device name, system texts of 180A. */
const NAMES: ReadonlySet<string> = new Set(['2A00', '2A24', '2A25', '2A26', '2A27', '2A28', '2A29']);

export class FaultyBleSimulator implements BleSimulator {
  readonly advertisement: SimulatedAdvertisement;
  readonly services: readonly SimulatedService[];
  readonly pairing?: 'refused';
  readonly #packets: PacketFaults;
  #air: BleAir | undefined;

  constructor(
    readonly inner: BleSimulator,
    readonly fault: LinkFault,
  ) {
    this.#packets = new PacketFaults(fault, () => this.#air?.disconnect());
    this.advertisement = fault === 'hostile-name' ? { ...inner.advertisement, name: HOSTILE } : inner.advertisement;
    this.services = inner.services.map(({ uuid, characteristics }) => ({
      uuid,
      characteristics: characteristics.map((one) => this.#faulty(one)),
    }));
    if (fault === 'refuses-pairing') this.pairing = 'refused';
  }

  start(air: BleAir): void | Promise<void> {
    this.#air = air;
    const send = (how: 'notify' | 'indicate') => async (characteristic: string, bytes: Uint8Array) => {
      const sent: Promise<void>[] = [];
      this.#packets.pass(bytes, (kept) => void sent.push(air[how](characteristic, kept)));
      await Promise.all(sent);
    };
    air.onConnection(() => this.#packets.reset());
    return this.inner.start({
      notify: send('notify'),
      indicate: send('indicate'),
      onSubscribe: (listener) => air.onSubscribe(listener),
      onConnection: (listener) => air.onConnection(listener),
      disconnect: () => air.disconnect(),
      get maxNotification() {
        return air.maxNotification;
      },
      now: () => air.now(),
    });
  }

  async stop(): Promise<void> {
    this.#packets.reset();
    await this.inner.stop();
  }

  #faulty(one: SimulatedCharacteristic): SimulatedCharacteristic {
    const { read, write } = one;
    return {
      uuid: one.uuid,
      properties: one.properties,
      ...(this.fault === 'refuses-pairing' || one.encrypted ? { encrypted: true } : {}),
      ...(write ? { write: (bytes: Uint8Array) => write.call(one, bytes) } : {}),
      ...(read
        ? {
            read: async () => {
              if (this.fault === 'refuses-read') return { attError: READ_NOT_PERMITTED };
              const value = await read.call(one);
              if ('attError' in value) return value;
              return this.fault === 'hostile-name' && NAMES.has(one.uuid) ? HOSTILE : this.#packets.read(value);
            },
          }
        : {}),
    };
  }
}

export class FaultySerialSimulator implements SerialSimulator {
  readonly usb?: NonNullable<SerialSimulator['usb']>;
  readonly line: SerialSimulator['line'];
  #packets: PacketFaults | undefined;

  constructor(
    readonly inner: SerialSimulator,
    readonly fault: LinkFault,
  ) {
    this.line = inner.line;
    if (inner.usb) this.usb = inner.usb;
  }

  start(wire: SerialWire): void | Promise<void> {
    const packets = new PacketFaults(this.fault, () => wire.unplug());
    this.#packets = packets;
    return this.inner.start({
      send: (bytes) => packets.pass(bytes, (kept) => wire.send(kept)),
      // A line has no reads to refuse: the device does as if it had heard nothing.
      onBytes: (listener) => {
        if (this.fault !== 'refuses-read') wire.onBytes(listener);
      },
      unplug: () => wire.unplug(),
      now: () => wire.now(),
    });
  }

  async stop(): Promise<void> {
    this.#packets?.reset();
    await this.inner.stop();
  }
}
