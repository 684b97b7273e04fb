import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { Sighting } from '../link.js';

export type SerialPortInfo = NonNullable<Sighting['serial']>;

const ATTRIBUTES = {
  vendorId: 'idVendor',
  productId: 'idProduct',
  serialNumber: 'serial',
  manufacturer: 'manufacturer',
  product: 'product',
};

const text = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
};

/**
 * Serial ports with hardware behind them, from `/sys/class/tty`: no process is started, so that it can be asked every
 * two seconds. Linux only. USB ids are 4 lower-case hex digits.
 */
export function linuxPorts(sys = '/sys', dev = '/dev'): SerialPortInfo[] {
  const root = path.join(sys, 'class/tty');
  let names: string[] = [];
  try {
    names = readdirSync(root).sort();
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    const device = deviceOf(path.join(root, name));
    if (device === undefined || text(path.join(root, name, 'type')) === '0') return []; // type 0: no chip found
    return [{ path: path.join(dev, name), ...usbOf(device, sys) }];
  });
}

function deviceOf(tty: string): string | undefined {
  try {
    return realpathSync(path.join(tty, 'device'));
  } catch {
    return undefined; // a console or pseudo terminal
  }
}

/** The USB device is one of the parents of the port. */
function usbOf(device: string, sys: string): Partial<SerialPortInfo> {
  const top = path.resolve(sys);
  for (
    let folder = device;
    folder.length > top.length && folder !== path.dirname(folder);
    folder = path.dirname(folder)
  ) {
    if (text(path.join(folder, 'idVendor')) === undefined) continue;
    const found = Object.entries(ATTRIBUTES).flatMap(([key, file]) => {
      const value = text(path.join(folder, file));
      return value === undefined ? [] : [[key, value]];
    });
    return Object.fromEntries(found);
  }
  return {};
}

interface ListedPort {
  readonly path: string;
  readonly vendorId?: string | undefined;
  readonly productId?: string | undefined;
  readonly serialNumber?: string | undefined;
  readonly manufacturer?: string | undefined;
}

/** A port as serialport lists it on macOS and Windows. */
export function fromListed(port: ListedPort): SerialPortInfo {
  const { path: name, vendorId, productId, serialNumber, manufacturer } = port;
  return {
    path: name,
    ...(vendorId === undefined ? {} : { vendorId: vendorId.toLowerCase() }),
    ...(productId === undefined ? {} : { productId: productId.toLowerCase() }),
    ...(serialNumber === undefined ? {} : { serialNumber }),
    ...(manufacturer === undefined ? {} : { manufacturer }),
  };
}
