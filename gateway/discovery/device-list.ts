import { type OneBoxError, toOneBoxError } from '@onebox/protocol/errors.js';
import { BLUETOOTH_COMPANIES } from '@onebox/protocol/nomenclature/bluetooth.js';
import type { DeviceList, DeviceRow, DriverSummary, SignalLevel } from '../api.js';
import type { LinkProvider, Scan, Sighting } from '../links/link.js';
import { magnetFacts } from './magnet.js';
import type { Candidate, Match, Matcher } from './match.js';
import { byUse } from './order.js';
import { signalLevel } from './signal-level.js';

export interface DeviceListOptions {
  readonly providers: readonly LinkProvider[];
  readonly matcher: Matcher;
  readonly practice: boolean;
  /** The list changed; at most once a second but for new devices. */
  readonly changed: () => void;
  /** A kind of link has become unusable, usable again, or unusable for another reason. */
  readonly radioChanged?: () => void;
}

/** A device that was heard, with the link that heard it. */
export interface KnownDevice {
  sighting: Sighting;
  readonly provider: LinkProvider;
  match: Match;
  signal?: SignalLevel;
}

const QUIET_MS = 1_000;

/**
 * What is around: sightings of all links, matched to drivers, in an order that does not jump.
 */
export class DeviceTracker {
  private readonly known = new Map<string, KnownDevice>();
  private readonly scans: Scan[] = [];
  private readonly faults = new Map<string, OneBoxError>();
  private scanning = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: DeviceListOptions) {}

  async start(): Promise<void> {
    if (this.scanning) return;
    this.scanning = true;
    for (const provider of this.options.providers) {
      try {
        const scan = await provider.scan({
          seen: (sighting) => this.seen(provider, sighting),
          gone: (id) => {
            if (this.known.delete(id)) this.notify();
          },
          state: (error) => this.fault(provider, error),
        });
        if (this.scanning) this.scans.push(scan);
        else await scan.stop();
      } catch (error) {
        this.fault(provider, toOneBoxError(error));
      }
    }
  }

  async stop(): Promise<void> {
    this.scanning = false;
    clearTimeout(this.timer);
    this.timer = undefined;
    await Promise.all(this.scans.splice(0).map((scan) => scan.stop()));
  }

  /** What is known of a device that was heard; undefined for any other id. */
  get(id: string): { readonly sighting: Sighting; readonly provider: LinkProvider; readonly match: Match } | undefined {
    return this.known.get(id);
  }

  /** Something that no scan finds, such as a file. */
  add(provider: LinkProvider, sighting: Sighting): Match {
    this.seen(provider, sighting);
    return this.known.get(sighting.id)!.match;
  }

  remove(id: string): void {
    if (this.known.delete(id)) this.options.changed();
  }

  row(id: string): DeviceRow | undefined {
    const known = this.known.get(id);
    return known && this.rowOf(known);
  }

  list(): DeviceList {
    const rows: DeviceRow[] = [];
    let hidden = 0;
    for (const known of this.known.values()) {
      if (isMedical(known)) rows.push(this.rowOf(known));
      else hidden += 1;
    }
    return {
      devices: rows.sort(byUse),
      hidden,
      scanning: this.scanning,
      faults: [...this.faults.values()].map((error) => error.toJSON()),
    };
  }

  private seen(provider: LinkProvider, sighting: Sighting): void {
    const before = this.known.get(sighting.id);
    const match = this.options.matcher.match(sighting);
    const signal = sighting.ble?.rssi !== undefined ? signalLevel(sighting.ble.rssi, before?.signal) : undefined;
    this.known.set(sighting.id, { sighting, provider, match, ...(signal ? { signal } : {}) });
    if (before) this.notify();
    else this.options.changed();
  }

  private fault(provider: LinkProvider, error: OneBoxError | undefined): void {
    const before = this.faults.get(provider.transport)?.kind;
    if (error) this.faults.set(provider.transport, error);
    else this.faults.delete(provider.transport);
    this.options.changed();
    if (before !== error?.kind) this.options.radioChanged?.();
  }

  private notify(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.options.changed();
    }, QUIET_MS);
  }

  private rowOf({ sighting, match, signal }: KnownDevice): DeviceRow {
    const { ble, serial, file } = sighting;
    const { practice } = this.options;
    const name = ble?.name ?? (serial ? cableName(serial) : file?.name);
    const drivers = match.candidates.map((candidate) => ({ ...driverSummary(candidate), score: candidate.score }));
    const needsMaker = drivers[0]?.needsMaker ?? false;
    return {
      id: sighting.id,
      transport: sighting.transport,
      deviceClass: match.deviceClass,
      ...(name ? { name: printableName(name) } : {}),
      ...(serial ? { port: serial.path } : {}),
      ...(match.serialTail ? { serialTail: match.serialTail } : {}),
      match: match.level,
      why: match.why,
      ...(signal ? { signal } : {}),
      ...(ble?.rssi === undefined ? {} : { rssi: ble.rssi }),
      drivers,
      readable: drivers.length > 0 && (practice || !needsMaker) && (ble?.connectable ?? true),
      needsMaker,
      practice,
      ...(ble?.companyId === undefined ? {} : { companyId: ble.companyId }),
      firstHeard: sighting.firstHeard,
      lastHeard: sighting.lastHeard,
    };
  }
}

function driverSummary({ manifest, deviceClass, why }: Candidate): DriverSummary {
  const { id, version, vendor, deviceClasses } = manifest;
  const magnet = magnetFacts(manifest, deviceClass);
  const needsMaker = manifest.authorisation === 'maker';
  return { id, version, vendor, deviceClasses, deviceClass, why, needsMaker, ...(magnet ? { magnet } : {}) };
}

/** What a cable calls itself; the port where it says nothing. */
function cableName({ manufacturer, product, path }: NonNullable<Sighting['serial']>): string {
  return [manufacturer, product].filter(Boolean).join(' ') || path;
}

/** A driver fits, or a company that makes medical devices, or a health service. Everything else is somebody's headphones. */
function isMedical({ sighting, match }: KnownDevice): boolean {
  if (match.candidates.length > 0 || sighting.transport === 'serial') return true;
  const company = sighting.ble?.companyId;
  return company !== undefined && Object.hasOwn(BLUETOOTH_COMPANIES, String(company));
}

/** Names come from strangers: no control or direction characters, at most 40 characters. */
function printableName(name: string): string {
  const clean = name.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, '').replace(/(\p{M}{2})\p{M}+/gu, '$1');
  return [...clean].slice(0, 40).join('');
}
