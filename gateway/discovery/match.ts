import { globMatches, globPrefix } from '@onebox/driver-sdk/glob.js';
import type { BleRule, DeviceClassName, FileRule, Manifest, SerialRule } from '@onebox/driver-sdk/manifest.js';
import type { MatchLevel } from '../api.js';
import type { Sighting } from '../links/link.js';
import { bleEvidence, type Evidence, fileEvidence, type Reason, serialEvidence } from './evidence.js';

export type { Reason } from './evidence.js';

/** A driver that fits a device. */
export interface Candidate {
  readonly manifest: Manifest;
  readonly score: number;
  readonly level: MatchLevel;
  readonly why: readonly Reason[];
  /** What the rule says that it found; `generic` where the driver serves several and the rule does not say. */
  readonly deviceClass: DeviceClassName;
  /** Serial: how to open the port and recognise the device. */
  readonly serialRule?: SerialRule;
  readonly serialTail?: string;
}

/** What is known about a sighting before it is touched. */
export interface Match {
  /** Best first; equal scores are all there, in the order of their ids: the user chooses. */
  readonly candidates: readonly Candidate[];
  /** Level of the best candidate. */
  readonly level: MatchLevel;
  readonly why: readonly Reason[];
  /** What the best candidate says that it is. */
  readonly deviceClass: DeviceClassName;
  /** End of the serial number, where the device advertises it in a place that its driver knows. */
  readonly serialTail?: string;
  /** Several candidates have the best score. */
  readonly ambiguous: boolean;
  /** A driver knows it as a model that must not be connected to; there are no candidates then. */
  readonly doNotTouch?: { readonly driver: string; readonly source: string };
}

type Entry = { readonly manifest: Manifest } & (
  | { readonly ble: BleRule }
  | { readonly serial: SerialRule }
  | { readonly file: FileRule }
);

const NOTHING: Match = {
  candidates: [],
  level: 'unknown',
  why: [{ id: 'match.none' }],
  deviceClass: 'generic',
  ambiguous: false,
};

/**
 * Finds drivers for sightings. Rules are indexed by their most telling condition, so that a sighting is only
 * compared with rules that can fit it, however many drivers there are.
 */
export class Matcher {
  readonly #byService = new Map<string, Entry[]>();
  readonly #byCompany = new Map<number, Entry[]>();
  readonly #byFirstLetter = new Map<string, Entry[]>();
  readonly #byUsbVendor = new Map<string, Entry[]>();
  readonly #anyName: Entry[] = [];
  readonly #anyPort: Entry[] = [];
  readonly #files: Entry[] = [];
  readonly #fallback: Entry[] = [];
  readonly #untouchable: { readonly pattern: string; readonly driver: string; readonly source: string }[] = [];

  constructor(manifests: readonly Manifest[]) {
    for (const manifest of manifests) {
      for (const ble of manifest.match.ble) this.#addBle({ manifest, ble });
      for (const serial of manifest.match.serial)
        (serial.usb ? listOf(this.#byUsbVendor, serial.usb.vendorId) : this.#anyPort).push({ manifest, serial });
      for (const file of manifest.match.file) this.#files.push({ manifest, file });
      for (const { name, source } of manifest.safety.doNotTouch)
        this.#untouchable.push({ pattern: name, driver: manifest.id, source });
    }
  }

  match(sighting: Sighting): Match {
    const name = sighting.ble?.name;
    const forbidden =
      name === undefined ? undefined : this.#untouchable.find(({ pattern }) => globMatches(pattern, name));
    if (forbidden)
      return {
        ...NOTHING,
        why: [{ id: 'match.doNotTouch' }],
        doNotTouch: { driver: forbidden.driver, source: forbidden.source },
      };
    const best = new Map<string, Candidate>();
    const consider = (entries: Iterable<Entry>) => {
      for (const entry of entries) {
        const evidence = evidenceOf(entry, sighting);
        const before = best.get(entry.manifest.id);
        if (evidence && (!before || evidence.score > before.score))
          best.set(entry.manifest.id, candidate(entry, evidence, sighting));
      }
    };
    consider(this.#specific(sighting));
    if (best.size === 0 && sighting.ble) consider(this.#fallback);
    const candidates = [...best.values()].sort((a, b) => b.score - a.score || (a.manifest.id < b.manifest.id ? -1 : 1));
    const [first, second] = candidates;
    if (!first) return NOTHING;
    const { level, why, deviceClass, serialTail } = first;
    return {
      candidates,
      level,
      why,
      deviceClass,
      ...(serialTail ? { serialTail } : {}),
      ambiguous: second?.score === first.score,
    };
  }

  *#specific({ ble, serial, file }: Sighting): Generator<Entry> {
    if (ble) {
      const heard = new Set([...ble.services, ...ble.serviceData.map((one) => one.service)]);
      for (const service of heard) yield* this.#byService.get(service) ?? [];
      if (ble.companyId !== undefined) yield* this.#byCompany.get(ble.companyId) ?? [];
      if (ble.name) yield* this.#byFirstLetter.get(ble.name[0]!) ?? [];
      if (ble.name) yield* this.#anyName;
    }
    if (serial) {
      if (serial.vendorId) yield* this.#byUsbVendor.get(serial.vendorId.toLowerCase()) ?? [];
      yield* this.#anyPort;
    }
    if (file) yield* this.#files;
  }

  #addBle(entry: Entry & { readonly ble: BleRule }): void {
    const { services, serviceData, companyId, name, fallback } = entry.ble;
    const service = services?.[0] ?? serviceData?.service;
    if (fallback) this.#fallback.push(entry);
    else if (service) listOf(this.#byService, service).push(entry);
    else if (companyId !== undefined) listOf(this.#byCompany, companyId).push(entry);
    else if (name) (globPrefix(name) ? listOf(this.#byFirstLetter, name[0]!) : this.#anyName).push(entry);
  }
}

function evidenceOf(entry: Entry, sighting: Sighting): Evidence | undefined {
  if ('ble' in entry) return bleEvidence(entry.ble, sighting);
  return 'serial' in entry ? serialEvidence(entry.serial, sighting) : fileEvidence(entry.file, sighting);
}

function candidate(entry: Entry, { score, level, why }: Evidence, sighting: Sighting): Candidate {
  const rule = 'ble' in entry ? entry.ble : 'serial' in entry ? entry.serial : entry.file;
  const { deviceClasses } = entry.manifest;
  const deviceClass = rule.deviceClass ?? (deviceClasses.length === 1 ? deviceClasses[0]! : 'generic');
  const serialTail = 'ble' in entry ? advertisedTail(entry.ble, sighting) : undefined;
  return {
    manifest: entry.manifest,
    score,
    level,
    why,
    deviceClass,
    ...('serial' in entry ? { serialRule: entry.serial } : {}),
    ...(serialTail ? { serialTail } : {}),
  };
}

/** Letters and digits only: it is shown. */
function advertisedTail({ serviceData, serialTail }: BleRule, { ble }: Sighting): string | undefined {
  const data = serviceData && ble?.serviceData.find((one) => one.service === serviceData.service)?.data;
  if (!serialTail || !data) return undefined;
  const tail = Buffer.from(data.subarray(serialTail.from, serialTail.from + serialTail.length)).toString('latin1');
  return /^[0-9A-Za-z]+$/.test(tail) ? tail : undefined;
}

function listOf<K>(map: Map<K, Entry[]>, key: K): Entry[] {
  let list = map.get(key);
  if (!list) {
    list = [];
    map.set(key, list);
  }
  return list;
}
