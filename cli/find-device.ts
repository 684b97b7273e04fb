import { OneBoxError } from '@onebox/protocol/errors.js';
import type { DeviceRow } from '@onebox/gateway/api.js';
import type { Gateway } from '@onebox/gateway/gateway.js';
import type { Arguments } from './arguments.js';
import type { Radios } from './engine.js';
import { UsageError } from './exit-codes.js';

/** Waits until the wanted device is heard. Throws DEVICE_UNKNOWN, SERIAL_NOT_FOUND after `seconds`. */
export async function findDevice(gateway: Gateway, radios: Radios, args: Arguments, seconds: number): Promise<DeviceRow> {
  const port = args.text('port');
  const wanted = args.text('device');
  if ((port === undefined) === (wanted === undefined)) throw new UsageError('Name one device: --device ID or --port TTY.');
  const id = port === undefined ? radios.practiceId(wanted ?? '') : `serial:${port}`;
  const fits = (row: DeviceRow): boolean => (id === undefined ? row.id === wanted || row.name === wanted || row.serialTail === wanted : row.id === id);
  let unsubscribe = (): void => undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<DeviceRow>((resolve, reject) => {
      const look = (rows: readonly DeviceRow[]): void => {
        const [first, second] = rows.filter(fits);
        if (second) reject(new OneBoxError('INPUT_INVALID', 'several devices have this name, use the id'));
        else if (first) resolve(first);
      };
      unsubscribe = gateway.subscribe((event) => {
        if (event.type === 'devices') look(event.list.devices);
      });
      timer = setTimeout(() => reject(new OneBoxError(port === undefined ? 'DEVICE_UNKNOWN' : 'SERIAL_NOT_FOUND', wanted ?? port ?? '')), seconds * 1000);
      gateway.call('startScan').then(({ devices, faults }) => {
        look(devices);
        // Nothing can be heard at all: say why instead of waiting.
        const [fault] = faults;
        if (devices.length === 0 && fault && port === undefined && radios.providers.length === faults.length) reject(new OneBoxError(fault.kind, fault.detail));
      }, reject);
    });
  } finally {
    unsubscribe();
    clearTimeout(timer);
    await gateway.call('stopScan');
  }
}
