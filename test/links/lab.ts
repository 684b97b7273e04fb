import type { SimulatedCharacteristic } from '@onebox/driver-sdk/simulator.js';
import { BleProvider, type BleProviderOptions } from '@onebox/gateway/links/ble/provider.js';
import { LAB, type LinkWorld, type RemoteDevice, ramp } from '@onebox/gateway/links/contract-world.js';
import type { Controller } from '@onebox/simulation/radio/controller.js';
import type { HciTransport } from '@onebox/simulation/radio/h4.js';
import { type GattServiceSpec, type Peripheral, startPeripheral } from '@onebox/simulation/radio/peripheral.js';
import { Radio } from '@onebox/simulation/radio/radio.js';
import { VirtualAdapter } from '@onebox/simulation/radio/virtual-adapter.js';

/** The device of the contract, as a description. */
export function labDevice(name = 'lab'): GattServiceSpec {
  let stored: Uint8Array = Buffer.from('hello');
  const fixed = (uuid: string, value: Uint8Array): SimulatedCharacteristic => ({
    uuid,
    properties: ['read'],
    read: () => value,
  });
  return {
    advertisement: {
      name,
      services: [LAB.service],
      companyId: 0xffff,
      manufacturerData: Uint8Array.of(7),
      intervalMs: 20,
    },
    services: [
      { uuid: '180F', characteristics: [fixed(LAB.battery, Uint8Array.of(1))] },
      {
        uuid: LAB.service,
        characteristics: [
          {
            uuid: LAB.stored,
            properties: ['read', 'write', 'write-without-response'],
            read: () => stored,
            write: (bytes) => {
              stored = bytes;
            },
          },
          fixed(LAB.long512, ramp(512)),
          fixed(LAB.long300, ramp(300)),
          fixed(LAB.empty, new Uint8Array()),
          { ...fixed(LAB.secret, Buffer.from('secret')), encrypted: true },
          { uuid: LAB.notify, properties: ['notify'] },
          { uuid: LAB.indicate, properties: ['indicate'] },
          {
            uuid: LAB.refused,
            properties: ['read', 'write'],
            read: () => ({ attError: 0x80 }),
            write: () => ({ attError: 0x81 }),
          },
          { uuid: LAB.silent, properties: ['read'], read: () => new Promise<Uint8Array>(() => {}) },
          fixed(LAB.battery, Uint8Array.of(2)),
        ],
      },
    ],
  };
}

const isResponse = (request: Uint8Array): boolean => [0x08, 0x0a, 0x0c, 0x10].includes(request[0]!);

export function remote(peripheral: Peripheral, address: string, extra: Partial<RemoteDevice> = {}): RemoteDevice {
  return {
    matches: (sighting) => sighting.id === `ble:${address}`,
    push(count) {
      for (const octet of ramp(count)) void peripheral.notify(LAB.notify, Uint8Array.of(octet));
    },
    hangUp: () => peripheral.disconnect(),
    silence(on) {
      peripheral.silent = on;
    },
    raw: (channel, bytes) => peripheral.sendRaw(channel, bytes),
    answerWith(bytes) {
      peripheral.misbehave = bytes ? (request) => (isResponse(request) ? bytes : undefined) : undefined;
    },
    indicate: (bytes) => peripheral.indicate(LAB.indicate, bytes),
    ...extra,
  };
}

/** Two devices alike and a provider; `attach` gives controllers on one air. */
export async function bleWorld(
  attach: () => HciTransport & { readonly address?: string },
  addresses: readonly [string, string],
  options: BleProviderOptions = {},
  extra: (peripheral: Peripheral, adapter: VirtualAdapter) => Partial<RemoteDevice> = () => ({}),
): Promise<LinkWorld & { adapter: VirtualAdapter; provider: BleProvider; peripherals: Peripheral[] }> {
  const adapter = new VirtualAdapter(attach);
  const peripherals = [await startPeripheral(attach(), labDevice()), await startPeripheral(attach(), labDevice())];
  const [device, twin] = peripherals.map((peripheral, index) =>
    remote(peripheral, addresses[index]!, extra(peripheral, adapter)),
  ) as [RemoteDevice, RemoteDevice];
  return {
    adapter,
    peripherals,
    provider: new BleProvider({ hciSocket: adapter.hciSocket, retryMs: 200, ...options }),
    device,
    twin,
    async dispose() {
      for (const peripheral of peripherals) peripheral.close();
    },
  };
}

export const cleanups: (() => unknown)[] = [];

export async function cleanUp(): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
}

/** One device, and a provider on an adapter that a test can switch. To be used with `afterEach(cleanUp)`. */
export async function world(options: ConstructorParameters<typeof Radio>[0] = {}, more: object = {}) {
  const radio = new Radio({ maxSupervisionTimeoutMs: 300, ...options });
  const adapter = new VirtualAdapter(() => radio.attach());
  const peripheral = await startPeripheral(radio.attach(), labDevice());
  const device = remote(peripheral, (peripheral.controller as Controller).address);
  const provider = new BleProvider({ hciSocket: adapter.hciSocket, retryMs: 100, ...more });
  cleanups.push(
    () => peripheral.close(),
    () => provider.dispose(),
  );
  return { radio, adapter, peripheral, device, provider };
}
