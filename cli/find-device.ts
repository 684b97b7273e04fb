import type { DeviceList, DeviceRow } from '@onebox/gateway/api.js';
import type { Gateway } from '@onebox/gateway/gateway.js';
import { fromReport, OneBoxError } from '@onebox/protocol/errors.js';
import type { Arguments } from './arguments.js';
import type { Radios } from './engine.js';
import { UsageError } from './exit-codes.js';
import { unlessInterrupted } from './interrupt.js';

/** Which device the options name. Throws UsageError when it is not exactly one. */
export interface Wanted {
  readonly fits: (row: DeviceRow) => boolean;
  /** As the user wrote it. */
  readonly text: string;
  readonly byPort: boolean;
  /** The driver of a practice device. */
  readonly driver?: string;
}

export function wantedDevice(radios: Radios, args: Arguments): Wanted {
  const port = args.text('port');
  const name = args.text('device');
  if (port !== undefined && name === undefined)
    return { fits: ({ id }) => id === `serial:${port}`, text: port, byPort: true };
  if (name === undefined || port !== undefined) throw new UsageError('Name one device: --device ID or --port TTY.');
  const practice = radios.practiceDevice(name);
  if (!practice) return { fits: (row) => [row.id, row.name, row.serialTail].includes(name), text: name, byPort: false };
  return {
    fits: ({ id }) => id === practice.id,
    text: name,
    byPort: false,
    ...(practice.driver ? { driver: practice.driver } : {}),
  };
}

/**
 * Waits until the wanted device is heard. Throws what keeps us from hearing it, DEVICE_UNKNOWN or SERIAL_NOT_FOUND
 * after `seconds`, INPUT_INVALID when several fit, READ_STOPPED when interrupted.
 */
export async function findDevice(
  gateway: Gateway,
  wanted: Wanted,
  seconds: number,
  interrupt: AbortSignal,
): Promise<DeviceRow> {
  let unsubscribe = (): void => undefined;
  let timer: NodeJS.Timeout | undefined;
  const found = new Promise<DeviceRow>((resolve, reject) => {
    let faults: DeviceList['faults'] = [];
    const look = (list: DeviceList): void => {
      faults = list.faults;
      const [first, second] = list.devices.filter(wanted.fits);
      if (second) reject(new OneBoxError('INPUT_INVALID', 'several devices have this name, use the id'));
      else if (first) resolve(first);
    };
    unsubscribe = gateway.subscribe((event) => {
      if (event.type === 'devices') look(event.list);
    });
    timer = setTimeout(() => {
      const [fault] = faults;
      if (fault) reject(fromReport(fault));
      else reject(new OneBoxError(wanted.byPort ? 'SERIAL_NOT_FOUND' : 'DEVICE_UNKNOWN', wanted.text));
    }, seconds * 1000);
    gateway.call('startScan').then(look, reject);
  });
  try {
    return await unlessInterrupted(found, interrupt);
  } finally {
    unsubscribe();
    clearTimeout(timer);
    await gateway.call('stopScan');
  }
}
