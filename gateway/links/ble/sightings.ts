import type { Sighting } from '../link.js';
import { GONE_MS, SignalMeter } from '../signal.js';
import type { NobleAdvertisement, NoblePeripheral } from './noble-types.js';
import { channelUuid } from './uuid.js';

/** A device that only repeats itself is reported this often (ms). */
const REPORT_MS = 1_000;
const MAX_NAME = 248;

interface Heard {
  readonly firstHeard: number;
  readonly meter: SignalMeter;
  peripheral: NoblePeripheral;
  sighting: Sighting;
  content: string;
  reportedAt: number;
}

export const sightingId = (peripheral: NoblePeripheral): string =>
  `ble:${peripheral.address && peripheral.address !== 'unknown' ? peripheral.address : peripheral.id}`;

/** What is around, from advertisement to advertisement. Times are milliseconds since 1970. */
export class BleSightings {
  readonly #heard = new Map<string, Heard>();

  constructor(private readonly goneMs = GONE_MS) {}

  /** Takes an advertisement. Returns the sighting when there is news: a new device, other content, or a second has passed. */
  hear(peripheral: NoblePeripheral, at: number): Sighting | undefined {
    const id = sightingId(peripheral);
    const known = this.#heard.get(id);
    const meter = known?.meter ?? new SignalMeter();
    meter.add(peripheral.rssi, at);
    const ble = describe(peripheral.advertisement, peripheral.connectable);
    const content = JSON.stringify(ble);
    const firstHeard = known?.firstHeard ?? at;
    const rssi = meter.median;
    const sighting: Sighting = {
      id,
      transport: 'ble',
      firstHeard,
      lastHeard: at,
      ble: { ...ble, ...(rssi === undefined ? {} : { rssi }) },
    };
    const news = !known || known.content !== content || at - known.reportedAt >= REPORT_MS;
    this.#heard.set(id, { firstHeard, meter, peripheral, sighting, content, reportedAt: news ? at : known.reportedAt });
    return news ? sighting : undefined;
  }

  peripheral(id: string): NoblePeripheral | undefined {
    return this.#heard.get(id)?.peripheral;
  }

  all(): readonly Sighting[] {
    return [...this.#heard.values()].map(({ sighting }) => sighting);
  }

  /** Forgets and returns those not heard for 60 s. While nobody listened nothing aged. */
  sweep(at: number, listeningSince: number): readonly NoblePeripheral[] {
    const silent = ({ sighting }: Heard): boolean => at - Math.max(sighting.lastHeard, listeningSince) >= this.goneMs;
    const gone = [...this.#heard.values()].filter(silent);
    for (const { sighting } of gone) this.#heard.delete(sighting.id);
    return gone.map(({ peripheral }) => peripheral);
  }

  clear(): readonly string[] {
    const ids = [...this.#heard.keys()];
    this.#heard.clear();
    return ids;
  }
}

/** The content of an advertisement, cleaned: it comes from anyone. */
function describe(advertisement: NobleAdvertisement, connectable: boolean): Omit<NonNullable<Sighting['ble']>, 'rssi'> {
  const name = cleanName(advertisement.localName);
  const services = new Set((advertisement.serviceUuids ?? []).map(channelUuid));
  const maker = advertisement.manufacturerData;
  return {
    ...(name === undefined ? {} : { name }),
    services: [...services],
    ...(maker && maker.length >= 2
      ? { companyId: maker.readUInt16LE(0), manufacturerData: Uint8Array.from(maker.subarray(2)) }
      : {}),
    serviceData: (advertisement.serviceData ?? []).map(({ uuid, data }) => ({
      service: channelUuid(uuid),
      data: Uint8Array.from(data),
    })),
    connectable,
  };
}

/** A name without control and direction characters, which could fake other text on the screen. */
export function cleanName(name: string | undefined): string | undefined {
  const clean = name
    ?.slice(0, MAX_NAME)
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu, '')
    .trim();
  return clean || undefined;
}
