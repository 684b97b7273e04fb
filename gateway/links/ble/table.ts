import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Channel, ChannelId } from '../link.js';
import type { NobleCharacteristic } from './noble-types.js';
import { channelUuid } from './uuid.js';

export interface TableEntry {
  readonly channel: Channel;
  readonly characteristic: NobleCharacteristic;
}

/** The characteristics of a device by `ChannelId`. */
export class GattTable {
  readonly channels: readonly Channel[];
  readonly #entries = new Map<ChannelId, TableEntry>();

  constructor(found: readonly { readonly service: string; readonly characteristic: NobleCharacteristic }[]) {
    const uuids = found.map(({ characteristic }) => channelUuid(characteristic.uuid));
    this.channels = found.map(({ service, characteristic }, index) => {
      const uuid = uuids[index]!;
      const qualified = `${channelUuid(service)}/${uuid}`;
      const alone = uuids.filter((one) => one === uuid).length === 1;
      const has = (property: string): boolean => characteristic.properties.includes(property);
      const channel: Channel = {
        id: alone ? uuid : qualified,
        service: channelUuid(service),
        canRead: has('read'),
        canNotify: has('notify'),
        canIndicate: has('indicate'),
        canWrite: has('write'),
        canWriteWithoutResponse: has('writeWithoutResponse'),
      };
      this.#entries.set(qualified, { channel, characteristic });
      if (alone) this.#entries.set(uuid, { channel, characteristic });
      return channel;
    });
  }

  /** Throws LINK_NO_CHANNEL. */
  get(id: ChannelId): TableEntry {
    const entry = this.#entries.get(id.toUpperCase());
    if (!entry) throw new OneBoxError('LINK_NO_CHANNEL', id);
    return entry;
  }
}
