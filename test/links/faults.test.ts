import { setTimeout as sleep } from 'node:timers/promises';
import type { HciSocket } from '@onebox/gateway/links/ble/hci-socket.js';
import { BleProvider } from '@onebox/gateway/links/ble/provider.js';
import { failure, find, LAB, QUICK, ramp, until } from '@onebox/gateway/links/contract-world.js';
import type { OneBoxError } from '@onebox/protocol/errors.js';
import type { Controller } from '@onebox/simulation/radio/controller.js';
import { type Peripheral, startPeripheral } from '@onebox/simulation/radio/peripheral.js';
import { AIR, Radio } from '@onebox/simulation/radio/radio.js';
import { VirtualAdapter, type VirtualHciSocket } from '@onebox/simulation/radio/virtual-adapter.js';
import { afterEach, describe, expect, test } from 'vitest';
import { cleanUp, cleanups, labDevice, remote, world } from './lab.js';

afterEach(cleanUp);

/** LE (Enhanced) Connection Complete (Bluetooth Core, Vol 4 Part E, 7.7.65.1 and .10), in H4 framing. */
const isConnectionComplete = (packet: Buffer): boolean => packet[1] === 0x3e && [0x01, 0x0a].includes(packet[3]!);

/** The device can be opened, read and left. */
async function expectReadable(provider: BleProvider, id: string, peripheral: Peripheral): Promise<void> {
  const link = await provider.open(id, QUICK);
  expect(await link.read(LAB.long300, QUICK)).toEqual(ramp(300));
  await link.close();
  await until(() => !peripheral.connected);
}

describe('pairing and faults', () => {
  test('a device that refuses to pair refuses the read, and the link goes on', async () => {
    const radio = new Radio();
    const adapter = new VirtualAdapter(() => radio.attach());
    const controller = radio.attach();
    const peripheral = await startPeripheral(controller, labDevice(), { pairing: 'none' });
    const provider = new BleProvider({ hciSocket: adapter.hciSocket });
    cleanups.push(
      () => peripheral.close(),
      () => provider.dispose(),
    );
    const { id } = await find(provider, remote(peripheral, controller.address));
    const link = await provider.open(id, QUICK);
    const error = await failure(link.read(LAB.secret, QUICK));
    expect([error.kind, [5, 15].includes(Number(error.params.attError))]).toEqual(['LINK_REFUSED', true]);
    expect((await failure(link.read(LAB.secret, QUICK))).kind).toBe('LINK_REFUSED');
    expect(await link.read(LAB.long300, QUICK)).toEqual(ramp(300));
  });

  test('subscribing where there is no configuration descriptor is refused, not endless', async () => {
    const { device, peripheral, provider } = await world();
    const { id } = await find(provider, device);
    const link = await provider.open(id, QUICK);
    await link.channels(QUICK);
    peripheral.misbehave = (request) => (request[0] === 0x08 ? Uint8Array.of(1, 8, 1, 0, 0x0a) : undefined);
    const error = await failure(link.subscribe(LAB.notify, () => {}, QUICK));
    expect([error.kind, error.params.attError]).toEqual(['LINK_REFUSED', 0x0a]);
    expect(await link.read(LAB.long300, QUICK)).toEqual(ramp(300));
  });

  test('a device that hangs up after N octets, at any N', async () => {
    const { device, peripheral, provider } = await world();
    const { id } = await find(provider, device);
    for (const octets of [1, 10, 40, 120, 300, 700]) {
      let link = await provider.open(id, QUICK).catch(() => undefined);
      for (let tries = 0; !link && tries < 20; tries += 1) {
        await sleep(50);
        link = await provider.open(id, QUICK).catch(() => undefined);
      }
      peripheral.dropAfter(octets);
      const error = await failure(
        link!
          .channels(QUICK)
          .then(() => link!.read(LAB.long512, QUICK))
          .then(() => link!.read(LAB.long512, QUICK)),
      );
      expect(error.kind).toBe('LINK_LOST');
      expect((await link!.ended).error?.kind).toBe('LINK_LOST');
    }
  });

  test('an attempt that is given up, at any moment, leaves no connection behind', async () => {
    const { device, peripheral, provider } = await world();
    const { id } = await find(provider, device);
    // The device advertises every 20 ms: it is connected by then, and the news of it may be under way.
    for (let attempt = 0; attempt < 150; attempt += 1) {
      const given = new AbortController();
      const opening = provider.open(id, { ...QUICK, signal: given.signal }).then(
        (link) => link.close(),
        ({ kind }: OneBoxError) => kind,
      );
      await sleep((attempt % 50) / 2);
      given.abort();
      expect(['LINK_ABORTED', undefined]).toContain(await opening);
    }
    await expectReadable(provider, id, peripheral);
  });

  test('a controller that connects long after the attempt was given up does not lock the device away', async () => {
    const { adapter, peripheral, device } = await world();
    let lateMs = 0;
    const hciSocket = (): HciSocket => {
      const socket = adapter.hciSocket() as VirtualHciSocket;
      const emit = socket.emit.bind(socket);
      socket.emit = (event: string, ...args: unknown[]) => {
        if (lateMs === 0 || event !== 'data' || !isConnectionComplete(args[0] as Buffer)) return emit(event, ...args);
        setTimeout(() => emit(event, ...args), lateMs);
        return true;
      };
      return socket;
    };
    const provider = new BleProvider({ hciSocket });
    cleanups.push(() => provider.dispose());
    const { id } = await find(provider, device);
    lateMs = 900;
    expect((await failure(provider.open(id, { deadlineMs: 200 }), 1_000)).kind).toBe('LINK_TIMEOUT');
    expect(peripheral.connected).toBe(true);
    await sleep(lateMs);
    lateMs = 0;
    await expectReadable(provider, id, peripheral);
  });

  test('a connected device of another unit is not there', async () => {
    const { radio, device, provider } = await world();
    const other = new BleProvider({ hciSocket: new VirtualAdapter(() => radio.attach()).hciSocket });
    cleanups.push(() => other.dispose());
    const { id } = await find(provider, device);
    await find(other, device);
    const link = await other.open(id, QUICK);
    expect((await failure(provider.open(id, { deadlineMs: 300 }), 300)).kind).toBe('LINK_TIMEOUT');
    await link.close();
    expect((await provider.open(id, QUICK)).transport).toBe('ble');
  });

  test('strength of a connection', async () => {
    const { radio, peripheral, device, provider } = await world();
    const { id } = await find(provider, device);
    const link = await provider.open(id, QUICK);
    radio.setRssi(peripheral.controller as Controller, -71);
    expect(await link.rssi(QUICK)).toBe(-71);
    await link.close();
    expect((await failure(link.rssi(QUICK))).kind).toBe('LINK_ABORTED');
  });
});

describe('timing of real air', () => {
  test('an exchange takes about two connection intervals, several packets share one', async () => {
    const { device, provider } = await world({ ...AIR, maxSupervisionTimeoutMs: 4_000 });
    const { id } = await find(provider, device);
    const link = await provider.open(id, QUICK);
    await link.channels(QUICK);
    const started = performance.now();
    await link.read(LAB.stored, QUICK);
    await link.read(LAB.stored, QUICK);
    expect(performance.now() - started).toBeGreaterThan(75);
    let got = 0;
    await link.subscribe(
      LAB.notify,
      ({ bytes }) => {
        got += bytes.length;
      },
      QUICK,
    );
    const before = performance.now();
    device.push(40);
    await until(() => got === 40);
    expect(performance.now() - before).toBeGreaterThan(150);
    expect(performance.now() - before).toBeLessThan(1_500);
  });
});
