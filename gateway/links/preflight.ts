import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { OneBoxError } from '@onebox/protocol/errors.js';
import type { PreflightItem } from './link.js';

/** Facts of the machine that a check needs; tests give others. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  /** Where the `/sys` tree is. */
  readonly sys: string;
  readonly node: string;
}

export const thisMachine = (): Machine => ({ platform: process.platform, sys: '/sys', node: process.execPath });

const list = (folder: string): string[] => {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
};

const text = (file: string): string => {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
};

/** Names of the Bluetooth adapters that the kernel knows. Linux only. */
export const bluetoothAdapters = (machine: Machine): string[] =>
  list(path.join(machine.sys, 'class/bluetooth')).filter((name) => /^hci\d+$/.test(name));

/** Whether Bluetooth is blocked: by a switch on the case (`hard`), by software (`soft`). Linux only. */
export function rfkill(machine: Machine): 'hard' | 'soft' | undefined {
  const root = path.join(machine.sys, 'class/rfkill');
  const switches = list(root).filter((name) => text(path.join(root, name, 'type')) === 'bluetooth');
  if (switches.some((name) => text(path.join(root, name, 'hard')) === '1')) return 'hard';
  return switches.some((name) => text(path.join(root, name, 'soft')) === '1') ? 'soft' : undefined;
}

/** What a check of the Bluetooth adapter found. `native`: it is this machine's own, not a simulated one. */
export function blePreflight(
  error: OneBoxError | undefined,
  native: boolean,
  machine: Machine = thisMachine(),
): PreflightItem[] {
  const name = (native && machine.platform === 'linux' && bluetoothAdapters(machine)[0]) || 'Bluetooth';
  if (!error) return [{ transport: 'ble', name, usable: true }];
  return [{ transport: 'ble', name, usable: false, error, mend: bleMend(error, machine) }];
}

function bleMend(error: OneBoxError, machine: Machine): string {
  const { platform } = machine;
  if (error.kind === 'BLE_DENIED') {
    if (platform === 'linux') return `sudo setcap cap_net_raw,cap_net_admin+eip ${machine.node}`;
    if (platform === 'darwin') return 'System Settings > Privacy & Security > Bluetooth: allow OneBox';
    return 'Settings > Privacy & security > Radios: let desktop apps control Bluetooth';
  }
  if (error.kind === 'BLE_OFF') {
    if (platform === 'linux') {
      const blocked = rfkill(machine);
      if (blocked === 'hard') return 'Turn on the Bluetooth switch of this machine';
      return blocked === 'soft'
        ? 'rfkill unblock bluetooth'
        : `sudo hciconfig ${bluetoothAdapters(machine)[0] ?? 'hci0'} up`;
    }
    return platform === 'darwin' ? 'System Settings > Bluetooth: turn on' : 'Settings > Bluetooth & devices: turn on';
  }
  return 'Plug in a Bluetooth LE adapter';
}

/** The one command or setting that mends a serial port. */
export function serialMend(error: OneBoxError, port: string, platform: NodeJS.Platform = process.platform): string {
  switch (error.kind) {
    case 'SERIAL_DENIED':
      if (platform === 'linux') return 'sudo usermod -aG dialout $USER, then log in again';
      return platform === 'darwin' ? `sudo chmod a+rw ${port}` : `Device Manager > Ports: enable ${port} for this user`;
    case 'SERIAL_BUSY':
      return platform === 'win32' ? `Close the program that uses ${port}` : `fuser -v ${port}, then close that program`;
    default:
      return 'Plug the cable in';
  }
}
