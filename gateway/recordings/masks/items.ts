import type { MaskName } from '@onebox/driver-sdk/manifest.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { RecordingItem } from '../format.js';
import { MASKS } from './masks.js';

export interface ContentChannel {
  readonly channel: string;
  readonly mask: MaskName;
}

type Incoming = Extract<RecordingItem, { dir: 'in' }>;

/** The items of a session with what came over these channels masked, link by link. */
export function maskItems(items: readonly RecordingItem[], channels: readonly ContentChannel[]): RecordingItem[] {
  const masked = [...items];
  for (const { channel, mask } of channels) {
    const apply = MASKS[mask]();
    for (const places of placesByLink(items, channel)) {
      const pieces = places.map((place) => Buffer.from((items[place] as Incoming).hex, 'hex'));
      const out = apply(pieces);
      for (const [index, place] of places.entries()) {
        const bytes = out[index];
        if (bytes?.length !== pieces[index]?.length) throw new OneBoxError('INTERNAL', `mask ${mask}`);
        masked[place] = { ...(items[place] as Incoming), hex: Buffer.from(bytes!).toString('hex') };
      }
    }
  }
  return masked;
}

function placesByLink(items: readonly RecordingItem[], channel: string): number[][] {
  const links: number[][] = [[]];
  for (const [place, item] of items.entries()) {
    if (item.dir === 'event' && item.event === 'link') links.push([]);
    else if (item.dir === 'in' && item.ch === channel) links.at(-1)!.push(place);
  }
  return links;
}
