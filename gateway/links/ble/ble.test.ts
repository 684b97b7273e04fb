import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { adapterError } from './adapter.js';
import { wellFormed } from './mend-peer.js';
import { createNoble } from './noble.js';
import type { NobleGatt, NobleHci, NoblePeripheral } from './noble-types.js';
import { BleSightings, cleanName } from './sightings.js';
import { channelUuid } from './uuid.js';

const require = createRequire(import.meta.url);

/** A socket that keeps what is written: no controller behind it. */
class DeadSocket extends EventEmitter {
  readonly written: Buffer[] = [];
  bindRaw = (): number => 0;
  bindUser = (): number => 0;
  isDevUp = (): boolean => true;
  setFilter(): void {}
  start(): void {}
  stop(): void {}
  getDeviceList = () => [];
  write(packet: Buffer): void {
    this.written.push(packet);
  }
}

const bytes = fc.uint8Array({ maxLength: 40 }).map((octets) => Buffer.from(octets));

describe('what a peer sends cannot throw', () => {
  test('ATT packets of any content, with and without a request under way', () => {
    createNoble(() => new DeadSocket());
    const Gatt = require('@abandonware/noble/lib/hci-socket/gatt');
    const opcode = fc.constantFrom(0x01, 0x03, 0x05, 0x09, 0x0b, 0x0d, 0x11, 0x13, 0x1b, 0x1d, 0x02, 0x52);
    const packet = fc.oneof(
      bytes,
      fc.tuple(opcode, bytes).map(([first, rest]) => Buffer.concat([Buffer.from([first]), rest])),
    );
    const command = fc.constantFrom(
      'discoverServices',
      'discoverCharacteristics',
      'read',
      'notify',
      'exchangeMtu',
      'none',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(command, packet), { maxLength: 12 }), (steps) => {
        const stream = Object.assign(new EventEmitter(), { write: () => {}, encrypt: () => {} });
        const gatt = new Gatt('00:11:22:33:44:55', stream) as NobleGatt & Record<string, (...args: unknown[]) => void>;
        gatt._services = { fff0: { startHandle: 1, endHandle: 9 } } as never;
        gatt._characteristics = {
          fff0: { fff1: { startHandle: 2, valueHandle: 3, endHandle: 9, properties: 0x1a } },
        } as never;
        for (const [name, data] of steps) {
          if (name === 'discoverServices') gatt[name]!([]);
          else if (name === 'discoverCharacteristics') gatt[name]!('fff0', []);
          else if (name === 'read' || name === 'notify') gatt[name]!('fff0', 'fff1', true);
          else if (name === 'exchangeMtu') gatt.exchangeMtu();
          stream.emit('data', 4, data);
          expect(gatt._mtu).toBeGreaterThanOrEqual(23);
          expect(gatt._mtu).toBeLessThanOrEqual(256);
        }
      }),
    );
  });

  test('a list whose elements have no length ends, and is reported', () => {
    createNoble(() => new DeadSocket());
    const Gatt = require('@abandonware/noble/lib/hci-socket/gatt');
    const lists = { discoverServices: 0x11, discoverCharacteristics: 0x09, discoverDescriptors: 0x05 } as const;
    const rest = fc.uint8Array({ minLength: 0, maxLength: 60 }).map((octets) => Buffer.from(octets));
    for (const [name, opcode] of Object.entries(lists))
      fc.assert(
        fc.property(fc.nat(22), rest, (length, elements) => {
          const stream = Object.assign(new EventEmitter(), { write: () => {}, encrypt: () => {} });
          const gatt = new Gatt('00:11:22:33:44:55', stream) as NobleGatt &
            Record<string, (...args: unknown[]) => void>;
          gatt._services = { fff0: { startHandle: 1, endHandle: 9 } } as never;
          gatt._characteristics = {
            fff0: { fff1: { startHandle: 2, valueHandle: 3, endHandle: 9, properties: 0x1a } },
          } as never;
          Object.assign(gatt, { _descriptors: { fff0: {} } });
          const said: string[] = [];
          gatt.on('malformed', (what: string) => said.push(what));
          if (name === 'discoverServices') gatt[name]!([]);
          else if (name === 'discoverCharacteristics') gatt[name]!('fff0', []);
          else gatt[name]!('fff0', 'fff1');
          stream.emit('data', 4, Buffer.concat([Buffer.from([opcode, length]), elements]));
          const least = opcode === 0x11 ? 4 : 2;
          const octets = opcode === 0x05 ? { 1: 4, 2: 18 }[length] : length >= least ? length : undefined;
          if (octets === undefined || elements.length === 0 || elements.length % octets !== 0)
            expect(said).toHaveLength(1);
        }),
      );
  });

  test('HCI packets of any content', () => {
    const noble = createNoble(() => new DeadSocket());
    const hci = noble._bindings._hci as NobleHci;
    fc.assert(
      fc.property(fc.tuple(fc.constantFrom(1, 2, 4, 9), bytes), ([type, rest]) =>
        hci.onSocketData(Buffer.concat([Buffer.from([type]), rest])),
      ),
    );
  });

  test('advertising data of any content', () => {
    const Gap = require('@abandonware/noble/lib/hci-socket/gap');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 62 }), (eir) => {
        const gap = new Gap(new EventEmitter());
        gap.parseServices('00:11:22:33:44:55', Buffer.from(eir), false, 0);
        expect(wellFormed(wellFormed(Buffer.from(eir)))).toEqual(wellFormed(Buffer.from(eir)));
      }),
    );
  });
});

test('data for a connection that has just gone is dropped', async () => {
  const socket = new DeadSocket();
  const noble = createNoble(() => socket);
  const hci = noble._bindings._hci as NobleHci & { setAclBuffers(length: number, count: number): void };
  hci.setAclBuffers(27, 4);
  await hci.writeAclDataPkt(0x40, 4, Buffer.from([1]));
  hci._aclConnections.set(0x41, { pending: 0 });
  await hci.writeAclDataPkt(0x41, 4, Buffer.alloc(30, 7));
  expect(socket.written.map((packet) => packet.toString('hex'))).toEqual([
    `0241001b001e000400${'07'.repeat(23)}`,
    `0241100700${'07'.repeat(7)}`,
  ]);
});

describe('sightings', () => {
  const heard = (rssi: number, localName = 'lab'): NoblePeripheral =>
    ({
      id: 'a',
      address: '00:11:22:33:44:55',
      state: 'disconnected',
      connectable: true,
      rssi,
      advertisement: { localName, serviceUuids: ['180d'] },
    }) as unknown as NoblePeripheral;

  test('news at once, repetition once a second, gone after 60 s of listening', () => {
    const sightings = new BleSightings();
    expect(sightings.hear(heard(-50), 1_000)?.ble?.rssi).toBe(-50);
    expect(sightings.hear(heard(-60), 1_500)).toBeUndefined();
    expect(sightings.hear(heard(-70, 'other'), 1_600)?.ble?.name).toBe('other');
    expect(sightings.hear(heard(-70, 'other'), 2_600)?.firstHeard).toBe(1_000);
    expect(sightings.sweep(62_599, 0)).toEqual([]);
    expect(sightings.sweep(70_000, 30_000)).toEqual([]); // we did not listen until then
    expect(sightings.sweep(90_000, 30_000).length).toBe(1);
    expect(sightings.peripheral('ble:00:11:22:33:44:55')).toBeUndefined();
  });

  test('an adapter that cannot tell the strength: none is invented', () => {
    expect(new BleSightings().hear(heard(127), 0)?.ble).not.toHaveProperty('rssi');
  });

  test('names without control and direction characters', () => {
    expect(cleanName('  Evoke\u0000\u202e VR\n')).toBe('Evoke VR');
    expect(cleanName('\u200b')).toBeUndefined();
    expect(cleanName('x'.repeat(10_000))?.length).toBe(248);
  });
});

test('UUIDs', () => {
  expect(['180d', '1', '0000180f-0000-1000-8000-00805f9b34fb', '12345678'].map(channelUuid)).toEqual([
    '180D',
    '0001',
    '180F',
    '1234567800001000800000805F9B34FB',
  ]);
  expect(channelUuid('7905f431b5ce4e99a40f4b1e122d00d0')).toBe('7905F431B5CE4E99A40F4B1E122D00D0');
});

test('why an adapter does not open', () => {
  expect(adapterError(new Error('Address family not supported by protocol')).kind).toBe('BLE_NO_ADAPTER');
  expect(adapterError(new Error('Operation not permitted')).kind).toBe('BLE_DENIED');
  expect(adapterError(Object.assign(new Error('x'), { code: 'EPERM' })).kind).toBe('BLE_DENIED');
  expect(adapterError(new Error("Cannot find module '@abandonware/noble'")).kind).toBe('BLE_NO_ADAPTER');
});
