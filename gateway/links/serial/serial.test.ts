import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { OneBoxError } from '@onebox/protocol/errors.js';
import { afterEach, describe, expect, test } from 'vitest';
import { blePreflight, type Machine, rfkill, serialMend } from '../preflight.js';
import { serialError } from './errors.js';
import { fromListed, linuxPorts } from './ports.js';
import { SerialProvider } from './provider.js';

let sys = '';
afterEach(() => rmSync(sys, { recursive: true, force: true }));

/** A `/sys` tree from paths to contents; `->` makes a link. */
function tree(files: Record<string, string>): string {
  sys = mkdtempSync(path.join(os.tmpdir(), 'onebox-sys-'));
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(sys, name);
    mkdirSync(path.dirname(file), { recursive: true });
    if (content.startsWith('->')) {
      mkdirSync(path.join(sys, content.slice(2)), { recursive: true });
      symlinkSync(path.join(sys, content.slice(2)), file);
    } else writeFileSync(file, `${content}\n`);
  }
  return sys;
}

describe('ports of Linux', () => {
  test('USB ids from the parents of the port; consoles and empty sockets are left out', () => {
    const usb = 'devices/pci/usb1/1-4';
    const root = tree({
      'class/tty/ttyUSB0/device': `->${usb}/1-4:1.0/ttyUSB0`,
      [`${usb}/idVendor`]: '10c4',
      [`${usb}/idProduct`]: 'ea60',
      [`${usb}/serial`]: '0001',
      [`${usb}/manufacturer`]: 'Silicon Labs',
      [`${usb}/product`]: 'CP2102 USB to UART Bridge Controller',
      'class/tty/ttyACM0/device': '->devices/pci/usb1/1-5/1-5:1.0',
      'devices/pci/usb1/1-5/idVendor': '1a86',
      'devices/pci/usb1/1-5/idProduct': '7523',
      'class/tty/ttyS0/device': '->devices/pnp/00:05',
      'class/tty/ttyS0/type': '4',
      'class/tty/ttyS1/device': '->devices/platform/serial8250',
      'class/tty/ttyS1/type': '0',
      'class/tty/tty0/dev': '4:0',
    });
    expect(linuxPorts(root)).toEqual([
      { path: '/dev/ttyACM0', vendorId: '1a86', productId: '7523' },
      { path: '/dev/ttyS0' },
      {
        path: '/dev/ttyUSB0',
        vendorId: '10c4',
        productId: 'ea60',
        serialNumber: '0001',
        manufacturer: 'Silicon Labs',
        product: 'CP2102 USB to UART Bridge Controller',
      },
    ]);
    expect(linuxPorts('/nowhere')).toEqual([]);
  });

  test('what serialport lists elsewhere', () => {
    expect(fromListed({ path: 'COM3', vendorId: '10C4', productId: 'EA60', serialNumber: undefined })).toEqual({
      path: 'COM3',
      vendorId: '10c4',
      productId: 'ea60',
    });
  });
});

test('a port that is no device’s is not listed', async () => {
  const list = async () => [{ path: '/dev/ttyUSB0' }, { path: '/dev/ttyUSB1' }];
  const provider = new SerialProvider({ list, taken: '/dev/ttyUSB0' });
  const seen: string[] = [];
  const scan = await provider.scan({ seen: ({ id }) => seen.push(id), gone: () => undefined, state: () => undefined });
  await scan.stop();
  expect(seen).toEqual(['serial:/dev/ttyUSB1']);
  expect((await provider.preflight()).map(({ name }) => name)).toEqual(['/dev/ttyUSB1']);
  await provider.dispose();
});

// Texts as the systems give them: Linux and macOS by strerror, Windows by serialport itself.
test.each([
  ['Error: Permission denied, cannot open /dev/ttyUSB0', 'SERIAL_DENIED'],
  ['Error: Operation not permitted, cannot open /dev/ttyUSB0', 'SERIAL_DENIED'],
  ["EACCES: permission denied, access '/dev/ttyUSB0'", 'SERIAL_DENIED'],
  ['Error Resource temporarily unavailable Cannot lock port', 'SERIAL_BUSY'],
  ['Error: Resource busy, cannot open /dev/tty.usb', 'SERIAL_BUSY'],
  ['Opening COM3: Access denied', 'SERIAL_BUSY'],
  ['Error: No such file or directory, cannot open /dev/ttyUSB0', 'SERIAL_NOT_FOUND'],
  ["ENOENT: no such file or directory, access '/dev/ttyUSB0'", 'SERIAL_NOT_FOUND'],
  ['Opening COM3: File not found', 'SERIAL_NOT_FOUND'],
  ['Error: No such device, cannot open /dev/ttyUSB0', 'SERIAL_NOT_FOUND'],
  ['EIO: i/o error, read', 'SERIAL_UNPLUGGED'],
  ['ENXIO: no such device or address, read', 'SERIAL_UNPLUGGED'],
  ['something new', 'LINK_FAILED'],
])('serialport says "%s": %s', (message, kind) => {
  expect(serialError(new Error(message), '/dev/ttyUSB0').kind).toBe(kind);
});

describe('preflight', () => {
  const linux = (root: string): Machine => ({ platform: 'linux', sys: root, node: '/usr/bin/node' });

  test('one command for each cause', () => {
    const root = tree({
      'class/bluetooth/hci1/address': 'x',
      'class/rfkill/rfkill0/type': 'bluetooth',
      'class/rfkill/rfkill0/soft': '1',
      'class/rfkill/rfkill0/hard': '0',
    });
    expect(rfkill(linux(root))).toBe('soft');
    const mend = (kind: 'BLE_OFF' | 'BLE_DENIED' | 'BLE_NO_ADAPTER', machine: Machine) =>
      blePreflight(new OneBoxError(kind), true, machine)[0];
    expect(mend('BLE_OFF', linux(root))).toMatchObject({
      name: 'hci1',
      usable: false,
      mend: 'rfkill unblock bluetooth',
    });
    expect(mend('BLE_DENIED', linux(root))?.mend).toBe('sudo setcap cap_net_raw,cap_net_admin+eip /usr/bin/node');
    writeFileSync(path.join(root, 'class/rfkill/rfkill0/hard'), '1\n');
    expect(mend('BLE_OFF', linux(root))?.mend).toContain('switch');
    rmSync(path.join(root, 'class/rfkill'), { recursive: true });
    expect(mend('BLE_OFF', linux(root))?.mend).toBe('sudo hciconfig hci1 up');
    expect(mend('BLE_NO_ADAPTER', linux('/nowhere'))).toMatchObject({
      name: 'Bluetooth',
      mend: 'Plug in a Bluetooth LE adapter',
    });
    for (const platform of ['darwin', 'win32'] as const) {
      for (const kind of ['BLE_OFF', 'BLE_DENIED'] as const)
        expect(mend(kind, { platform, sys: '', node: '' })?.mend).toContain('Settings');
    }
    expect(blePreflight(undefined, true, linux(root))).toEqual([{ transport: 'ble', name: 'hci1', usable: true }]);
    expect(serialMend(new OneBoxError('SERIAL_DENIED'), '/dev/ttyUSB0', 'linux')).toContain('dialout');
    expect(serialMend(new OneBoxError('SERIAL_BUSY'), 'COM3', 'win32')).toContain('COM3');
    expect(serialMend(new OneBoxError('SERIAL_NOT_FOUND'), '/dev/ttyUSB0', 'linux')).toContain('cable');
  });
});
