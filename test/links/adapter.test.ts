import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { BleProvider } from '@onebox/gateway/links/ble/provider.js';
import { failure, find, LAB, ramp, until } from '@onebox/gateway/links/contract-world.js';
import type { Sighting } from '@onebox/gateway/links/link.js';
import type { OneBoxError } from '@onebox/protocol/errors.js';
import { startPeripheral, startSimulator } from '@onebox/simulation/radio/peripheral.js';
import { Radio } from '@onebox/simulation/radio/radio.js';
import { VirtualAdapter } from '@onebox/simulation/radio/virtual-adapter.js';
import { afterEach, describe, expect, test } from 'vitest';
import { cleanUp, cleanups, labDevice, remote, world } from './lab.js';

const QUICK = { deadlineMs: 3_000 };
afterEach(cleanUp);

const watch = () => {
  const states: (OneBoxError['kind'] | undefined)[] = [];
  const seen: Sighting[] = [];
  const gone: string[] = [];
  return {
    states,
    ids: seen,
    gone,
    listener: {
      seen: (sighting: Sighting) => seen.push(sighting),
      gone: (id: string) => gone.push(id),
      state: (error: OneBoxError | undefined) => states.push(error?.kind),
    },
  };
};

describe('the adapter', () => {
  test('is switched off during a read, and on again: nothing needs a restart', async () => {
    const { adapter, device, provider } = await world();
    const { states, listener, gone } = watch();
    await provider.scan(listener);
    const { id } = await find(provider, device);
    const link = await provider.open(id, QUICK);
    const read = failure(link.read(LAB.silent, { deadlineMs: 5_000 }), 5_000);
    adapter.state = 'off';
    expect((await read).kind).toBe('BLE_OFF');
    expect((await link.ended).error?.kind).toBe('BLE_OFF');
    expect((await failure(provider.open(id, QUICK))).kind).toBe('BLE_OFF');
    expect(gone).toContain(id);
    const items = await provider.preflight();
    expect(items.map((item) => [item.usable, item.error?.kind])).toEqual([[false, 'BLE_OFF']]);
    expect(items[0]?.mend).toBeTruthy();
    adapter.state = 'on';
    const again = await find(provider, device);
    const second = await provider.open(again.id, QUICK);
    expect(await second.read(LAB.long512, QUICK)).toEqual(ramp(512));
    expect(states.filter((state, index) => index === 0 || state !== states[index - 1])).toEqual([
      undefined,
      'BLE_OFF',
      undefined,
    ]);
    expect(await provider.preflight()).toEqual([{ transport: 'ble', name: 'Bluetooth', usable: true }]);
  });

  test.each([
    ['absent', 'BLE_NO_ADAPTER'],
    ['denied', 'BLE_DENIED'],
    ['off', 'BLE_OFF'],
  ] as const)('%s from the beginning is %s; it recovers', async (state, kind) => {
    const { adapter, device, provider } = await world();
    adapter.state = state;
    const { states, listener } = watch();
    const scan = await provider.scan(listener);
    await until(() => states.at(-1) === kind);
    expect((await failure(provider.open('ble:00:aa:01:00:00:01', QUICK))).kind).toBe(kind);
    adapter.state = 'on';
    await until(() => states.at(-1) === undefined);
    const { id } = await find(provider, device);
    expect((await provider.open(id, QUICK)).transport).toBe('ble');
    await scan.stop();
  });

  test('goes while it connects', async () => {
    const { adapter, peripheral, device, provider } = await world();
    const { id } = await find(provider, device);
    await peripheral.advertise(false);
    const first = failure(provider.open(id, { deadlineMs: 8_000 }), 8_000);
    await new Promise((resolve) => setTimeout(resolve, 50));
    adapter.state = 'absent';
    expect((await first).kind).toBe('BLE_NO_ADAPTER');
  });

  test('is taken from us by dispose: what connects is aborted', async () => {
    const { peripheral, device, provider } = await world();
    const { id } = await find(provider, device);
    await peripheral.advertise(false);
    const attempt = failure(provider.open(id, { deadlineMs: 8_000 }));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await provider.dispose();
    expect((await attempt).kind).toBe('LINK_ABORTED');
    expect((await failure(provider.open(id, QUICK))).kind).toBe('LINK_ABORTED');
  });

  test('is unplugged after it was off', async () => {
    const { adapter, provider } = await world();
    const { states, listener } = watch();
    await provider.scan(listener);
    adapter.state = 'off';
    await until(() => states.at(-1) === 'BLE_OFF');
    adapter.state = 'absent';
    await until(() => states.at(-1) === 'BLE_NO_ADAPTER');
  });

  test('of this machine, whatever it has: an answer, never an exception', async () => {
    const provider = new BleProvider();
    cleanups.push(() => provider.dispose());
    const items = await provider.preflight();
    expect(items.length).toBe(1);
    if (!existsSync('/sys/class/bluetooth')) expect(items[0]?.error?.kind).toBe('BLE_NO_ADAPTER');
  });
});

describe('scanning', () => {
  test('a device that falls silent is gone after its time, and not earlier because we were connecting', async () => {
    const { device, peripheral, provider } = await world({}, { goneMs: 1_500 });
    const { gone, listener } = watch();
    const { id } = await find(provider, device);
    await provider.scan(listener);
    await peripheral.advertise(false);
    expect((await failure(provider.open(id, { deadlineMs: 1_000 }), 1_000)).kind).toBe('LINK_TIMEOUT');
    expect(gone).toEqual([]);
    await until(() => gone.length > 0);
    expect(gone).toEqual([id]);
    expect((await failure(provider.open(id, QUICK))).kind).toBe('LINK_NOT_FOUND');
  });

  test('what a device says of itself', async () => {
    const { radio, provider } = await world();
    const strange = {
      ...labDevice(),
      advertisement: {
        name: Uint8Array.from([0x41, 0xff, 0x00, 0x1b, 0x5b, 0x42]),
        services: ['180D', '7905F431B5CE4E99A40F4B1E122D00D0'],
        companyId: 0x0499,
        manufacturerData: Uint8Array.of(1, 2),
        intervalMs: 20,
      },
    };
    const peripheral = await startPeripheral(radio.attach('c0:00:00:00:00:01'), strange);
    cleanups.push(() => peripheral.close());
    let heard: Sighting | undefined;
    await provider.scan({
      seen: (one) => {
        if (one.id === 'ble:c0:00:00:00:00:01') heard = one;
      },
      gone: () => {},
      state: () => {},
    });
    await until(() => heard !== undefined);
    expect(heard?.ble).toEqual({
      name: 'A\ufffd[B',
      services: ['180D', '7905F431B5CE4E99A40F4B1E122D00D0'],
      companyId: 0x0499,
      manufacturerData: Uint8Array.of(1, 2),
      serviceData: [],
      connectable: true,
      rssi: -50,
    });
  });

  test('broken advertising data are heard without harm, and without a word on the console', async () => {
    const { radio, provider, device } = await world();
    const hostile = radio.attach();
    const said: unknown[] = [];
    const { warn } = console;
    console.warn = (...words: unknown[]) => said.push(words);
    cleanups.push(() => {
      console.warn = warn;
    });
    for (const hex of ['010a', '0116', '0220', '03ff', 'ff', '00', '020a', '1f09', '051601']) {
      const data = Buffer.from(hex, 'hex');
      hostile.write(
        Buffer.concat([Buffer.from([1, 0x06, 0x20, 15, 0x20, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0])]),
      );
      hostile.write(Buffer.concat([Buffer.from([1, 0x08, 0x20, data.length + 1, data.length]), data]));
      hostile.write(Buffer.from([1, 0x0a, 0x20, 1, 1]));
      await find(provider, device);
      await new Promise((resolve) => setTimeout(resolve, 50));
      hostile.write(Buffer.from([1, 0x0a, 0x20, 1, 0]));
    }
    expect(said).toEqual([]);
  });
});

describe('processes', () => {
  test('a simulator runs, writes no file, and a disposed provider lets the process end', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'onebox-links-'));
    cleanups.push(() => rmSync(folder, { recursive: true }));
    const script = fileURLToPath(new URL('ends-by-itself.mjs', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [script], { cwd: folder, timeout: 15_000 });
    expect(stdout.trim()).toBe('secret');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('the simulator interface: start, subscriptions, connections, stop', async () => {
    const radio = new Radio();
    const events: string[] = [];
    const running = await startSimulator(radio.attach(), {
      ...labDevice(),
      start(air) {
        air.onConnection((on) => events.push(on ? 'connected' : 'gone'));
        air.onSubscribe((channel, on) => {
          events.push(`${channel} ${on}`);
          if (on) void air.notify(channel, Uint8Array.of(7));
        });
      },
      stop: () => void events.push('stopped'),
    });
    const provider = new BleProvider({ hciSocket: new VirtualAdapter(() => radio.attach()).hciSocket });
    cleanups.push(() => provider.dispose());
    const { id } = await find(provider, remote(running.peripheral, '00:aa:01:00:00:01'));
    const link = await provider.open(id, QUICK);
    const got: number[] = [];
    const end = await link.subscribe(LAB.notify, ({ bytes }) => got.push(...bytes), QUICK);
    await until(() => got.length === 1);
    await end();
    await link.close();
    await until(() => events.includes('gone'));
    await running.close();
    expect(events).toEqual(['connected', 'FFF3 true', 'FFF3 false', 'gone', 'stopped']);
  });
});
