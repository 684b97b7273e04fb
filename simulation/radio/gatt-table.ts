import type {
  AttRefusal,
  SimulatedCharacteristic,
  SimulatedService,
  SimulatedValue,
} from '@onebox/driver-sdk/simulator.js';
import type { Connection, ServerCharacteristic } from './ble-host.js';

const UNLIKELY_ERROR = 0x0e;
const INVALID_OFFSET = 0x07;
const MAX_VALUE = 512;

type Answer = (attError: number, value?: Buffer) => void;

/** A characteristic as `ble-host` takes it; that adds `notify` and `indicate`. */
export interface TableCharacteristic extends Partial<ServerCharacteristic> {
  readonly simulated: SimulatedCharacteristic;
  readonly service: string;
}

const stackUuid = (uuid: string): number | string => {
  const hex = uuid.replaceAll('-', '').toLowerCase();
  return hex.length === 4 ? Number.parseInt(hex, 16) : hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5');
};

const refused = <T>(value: T): value is T & AttRefusal =>
  typeof value === 'object' && value !== null && 'attError' in value;

function read(characteristic: SimulatedCharacteristic) {
  let latest: Buffer = Buffer.alloc(0); // a long value is read once and handed out in parts
  return (_connection: Connection, offset: number, answer: Answer): void => {
    const respond = (value: SimulatedValue): void => {
      if (refused(value)) answer(value.attError);
      else if (offset > value.length) answer(INVALID_OFFSET);
      else {
        latest = Buffer.from(value).subarray(0, MAX_VALUE);
        answer(0, latest.subarray(offset));
      }
    };
    if (offset > 0) respond(latest);
    else settle(() => characteristic.read?.() ?? new Uint8Array(), respond, answer);
  };
}

function write(characteristic: SimulatedCharacteristic) {
  return (_connection: Connection, _needsResponse: boolean, value: Buffer, answer: Answer): void => {
    const respond = (result: unknown): void => answer(refused(result) ? result.attError : 0);
    settle(() => characteristic.write?.(Uint8Array.from(value)), respond, answer);
  };
}

/** Runs a handler of a simulator; one that throws is a device that answers "unlikely error". */
function settle<T>(handler: () => T | Promise<T>, respond: (value: T) => void, answer: Answer): void {
  const failed = (): void => answer(UNLIKELY_ERROR);
  try {
    const result = handler();
    if (result instanceof Promise) result.then(respond, failed);
    else respond(result);
  } catch {
    failed();
  }
}

/** The GATT table of a simulated device in the form of `ble-host`, and its characteristics by `ChannelId`. */
export function gattTable(
  services: readonly SimulatedService[],
  subscribed: (characteristic: TableCharacteristic, on: boolean) => void,
): { table: object[]; find(channel: string): TableCharacteristic } {
  const all: TableCharacteristic[] = [];
  const table = services.map((service) => ({
    uuid: stackUuid(service.uuid),
    characteristics: service.characteristics.map((simulated) => {
      const permission = simulated.encrypted ? 'encrypted' : undefined;
      const readable = simulated.properties.includes('read');
      const writable = simulated.properties.some((property) => property.startsWith('write'));
      const characteristic = {
        simulated,
        service: service.uuid,
        uuid: stackUuid(simulated.uuid),
        properties: [...simulated.properties],
        maxLength: MAX_VALUE,
        ...(permission && readable ? { readPerm: permission } : {}),
        ...(permission && writable ? { writePerm: permission } : {}),
        onPartialRead: read(simulated),
        onWrite: write(simulated),
        onSubscriptionChange(_connection: Connection, notification: boolean, indication: boolean) {
          subscribed(characteristic, notification || indication);
        },
      };
      all.push(characteristic);
      return characteristic;
    }),
  }));
  return {
    table,
    find(channel) {
      const [uuid, service] = channel.toUpperCase().split('/').reverse();
      const matches = (one: TableCharacteristic): boolean =>
        one.simulated.uuid.toUpperCase() === uuid && (service === undefined || one.service.toUpperCase() === service);
      const found = all.find(matches);
      if (!found) throw new RangeError(`the simulated device has no characteristic ${channel}`);
      return found;
    },
  };
}

/** `180D/2A37` when several services have the characteristic, otherwise `2A37`. */
export function channelId(services: readonly SimulatedService[], characteristic: TableCharacteristic): string {
  const uuid = characteristic.simulated.uuid.toUpperCase();
  const count = services
    .flatMap((service) => service.characteristics)
    .filter((one) => one.uuid.toUpperCase() === uuid).length;
  return count > 1 ? `${characteristic.service.toUpperCase()}/${uuid}` : uuid;
}
