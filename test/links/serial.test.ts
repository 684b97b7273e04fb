import { describeLinkContract } from '@onebox/gateway/links/contract.js';
import { failure, find, type LinkWorld, type RemoteDevice, ramp, until } from '@onebox/gateway/links/contract-world.js';
import type { Packet, Sighting } from '@onebox/gateway/links/link.js';
import { SerialProvider } from '@onebox/gateway/links/serial/provider.js';
import { Pty, startSerialSimulator } from '@onebox/simulation/serial/pty.js';
import { SerialPort } from 'serialport';
import { afterEach, describe, expect, test } from 'vitest';

const LINE = { baudRate: 115_200 };
const QUICK = { deadlineMs: 3_000 };
const HARDWARE_FREE = async () => [];

const remote = (pty: Pty): RemoteDevice => ({
  matches: (sighting) => sighting.serial?.path === pty.path,
  push(count) {
    for (const octet of ramp(count)) pty.send(Uint8Array.of(octet));
  },
  hangUp: () => pty.unplug(),
  silence: () => {},
});

describeLinkContract(
  'serialport on pseudo terminals',
  { transport: 'serial', rssi: false, range: false },
  async (): Promise<LinkWorld> => {
    const ptys = [await Pty.open(), await Pty.open()];
    const [device, twin] = ptys.map(remote) as [RemoteDevice, RemoteDevice];
    const ports = (): { path: string }[] => ptys.filter((pty) => pty.plugged).map(({ path }) => ({ path }));
    return {
      provider: new SerialProvider({ additionalPorts: ports, list: HARDWARE_FREE, pollMs: 50 }),
      device,
      twin,
      line: LINE,
      async dispose() {
        for (const pty of ptys) pty.unplug();
      },
    };
  },
);

describe('serial ports', () => {
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  async function plugged(): Promise<{ pty: Pty; provider: SerialProvider; id: string }> {
    const pty = await Pty.open();
    const ports = () => (pty.plugged ? [{ path: pty.path }] : []);
    const provider = new SerialProvider({ additionalPorts: ports, list: HARDWARE_FREE, pollMs: 50 });
    cleanups.push(
      () => pty.unplug(),
      () => provider.dispose(),
    );
    return { pty, provider, id: `serial:${pty.path}` };
  }

  test('every octet passes both ways, also XON, XOFF, NUL and 0xFF', async () => {
    const { pty, provider, id } = await plugged();
    const received: number[] = [];
    pty.onBytes((bytes) => received.push(...bytes));
    const link = await provider.open(id, { ...QUICK, line: LINE });
    const got: number[] = [];
    await link.subscribe('line', (packet: Packet) => got.push(...packet.bytes), QUICK);
    const all = [...ramp(256), ...ramp(256).reverse()];
    await link.write('line', Uint8Array.from(all), QUICK);
    pty.send(Uint8Array.from(all));
    await until(() => received.length >= 512 && got.length >= 512);
    expect(received).toEqual(all); // no echo of what the device sent either
    expect(got).toEqual(all);
  });

  test('a burst of 300 000 octets arrives whole', async () => {
    const { pty, provider, id } = await plugged();
    const link = await provider.open(id, { ...QUICK, line: LINE });
    let sum = 0;
    let count = 0;
    await link.subscribe(
      'line',
      ({ bytes }) => {
        count += bytes.length;
        for (const octet of bytes) sum += octet;
      },
      QUICK,
    );
    const burst = ramp(300_000);
    pty.send(burst);
    await until(() => count >= burst.length);
    expect(sum).toBe(burst.reduce((total, octet) => total + octet, 0));
  });

  test('a device that talks while nobody listens blocks nothing', async () => {
    const { pty, provider, id } = await plugged();
    for (let round = 0; round < 40; round += 1) pty.send(new Uint8Array(100_000));
    const link = await provider.open(id, { ...QUICK, line: LINE });
    await link.close();
  });

  test('the reader goes and comes back; the line stays', async () => {
    const { pty, provider, id } = await plugged();
    for (let round = 0; round < 3; round += 1) {
      const link = await provider.open(id, { ...QUICK, line: LINE });
      const got: number[] = [];
      await link.subscribe('line', ({ bytes }) => got.push(...bytes), QUICK);
      pty.send(Uint8Array.of(round));
      await until(() => got.length === 1);
      await link.close();
    }
    expect(pty.plugged).toBe(true);
  });

  test('port in use by another program', async () => {
    const { pty, provider, id } = await plugged();
    const other = new SerialPort({ path: pty.path, ...LINE, autoOpen: false });
    await new Promise<void>((resolve, reject) => other.open((error) => (error ? reject(error) : resolve())));
    expect((await failure(provider.open(id, { ...QUICK, line: LINE }))).kind).toBe('SERIAL_BUSY');
    await new Promise<void>((resolve) => other.close(() => resolve()));
    const link = await provider.open(id, { ...QUICK, line: LINE });
    await link.close();
  });

  // Root may open any port, so a file that even root may not open for writing stands in for it.
  test.runIf(process.platform === 'linux')('permission denied', async () => {
    const provider = new SerialProvider({ list: HARDWARE_FREE, additionalPorts: () => [{ path: '/proc/1/mem' }] });
    cleanups.push(() => provider.dispose());
    expect((await failure(provider.open('serial:/proc/1/mem', { ...QUICK, line: LINE }))).kind).toBe('SERIAL_DENIED');
  });

  test('not a serial port at all', async () => {
    const { provider } = await plugged();
    for (const path of ['/dev/null', '/tmp', '/etc/passwd', '/dev/nothing']) {
      expect((await failure(provider.open(`serial:${path}`, { ...QUICK, line: LINE }))).kind).toBe('SERIAL_NOT_FOUND');
    }
    expect((await failure(provider.open('ble:00', QUICK))).kind).toBe('LINK_NOT_FOUND');
  });

  test('line settings that do not exist', async () => {
    const { provider, id } = await plugged();
    expect((await failure(provider.open(id, QUICK))).kind).toBe('LINK_MISUSE');
    const line = { baudRate: -1 };
    expect((await failure(provider.open(id, { ...QUICK, line }))).kind).toBe('LINK_MISUSE');
    const link = await provider.open(id, {
      ...QUICK,
      line: { baudRate: 9_600, dataBits: 7, parity: 'even', stopBits: 2 },
    });
    await link.close();
  });

  test('a write that cannot leave meets its deadline and ends the link', async () => {
    const { pty, provider, id } = await plugged();
    pty.take(false);
    const link = await provider.open(id, { ...QUICK, line: LINE });
    const error = await failure(link.write('line', new Uint8Array(60_000), { deadlineMs: 300 }), 300);
    expect(error.kind).toBe('LINK_TIMEOUT');
    expect((await link.ended).error?.kind).toBe('LINK_TIMEOUT');
    await link.close();
  });

  test('plugged and unplugged while it scans', async () => {
    const { pty, provider } = await plugged();
    const gone: string[] = [];
    const seen: Sighting[] = [];
    const scan = await provider.scan({
      seen: (sighting) => seen.push(sighting),
      gone: (id) => gone.push(id),
      state: () => {},
    });
    await until(() => seen.length > 1);
    expect(seen[1]!.firstHeard).toBe(seen[0]!.firstHeard);
    pty.unplug();
    await until(() => gone.length === 1);
    await scan.stop();
  });

  test('a simulator on a port', async () => {
    let sent: (bytes: Uint8Array) => void = () => {};
    let stopped = false;
    const running = await startSerialSimulator({
      usb: { vendorId: '10c4', productId: 'ea60', serialNumber: '7' },
      line: LINE,
      start(wire) {
        sent = (bytes) => wire.send(bytes);
        wire.onBytes((bytes) => wire.send(bytes.map((octet) => octet ^ 0xff)));
      },
      stop() {
        stopped = true;
      },
    });
    const provider = new SerialProvider({ list: HARDWARE_FREE, additionalPorts: () => [running.port] });
    cleanups.push(() => provider.dispose());
    const { id, scan } = await find(provider, {
      ...remote(running.pty),
      matches: (one) => one.serial?.productId === 'ea60',
    });
    const link = await provider.open(id, { ...QUICK, line: LINE });
    const got: number[] = [];
    await link.subscribe('line', ({ bytes }) => got.push(...bytes), QUICK);
    await link.write('line', Uint8Array.of(1, 2), QUICK);
    await until(() => got.length === 2);
    expect(got).toEqual([0xfe, 0xfd]);
    sent(Uint8Array.of(9));
    await until(() => got.length === 3);
    await running.close();
    expect((await link.ended).error?.kind).toBe('SERIAL_UNPLUGGED');
    expect(stopped).toBe(true);
    await scan.stop();
  });
});
