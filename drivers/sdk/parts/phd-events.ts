import type { MderReader } from './mder.js';
import { attributeList, type PhdAttributes } from './phd-attributes.js';

/** What event reports of a personal health device carry (IEEE 11073-20601, annex A.11). */

export const CONFIGURATION = 0x0d1c;

/** An object of the device as its configuration describes it. */
export interface PhdObject {
  /** 5 enumeration, 6 numeric, 9 real-time sample array, 16 to 18 scanner ... (11073-10101, partition 1). */
  readonly class: number;
  readonly handle: number;
  readonly attributes: PhdAttributes;
}

export interface ConfigurationReport {
  readonly kind: 'configuration';
  readonly configurationId: number;
  readonly objects: readonly PhdObject[];
}

/** One observation: bytes whose layout the configuration gives, or attributes that say themselves what they are. */
export type PhdObservation =
  | { readonly handle: number; readonly fixed: Uint8Array }
  | { readonly handle: number; readonly attributes: PhdAttributes };

/** Observations of one person; of nobody in particular in reports that do not tell persons apart. */
export interface PersonScan {
  readonly person?: number;
  readonly observations: readonly PhdObservation[];
  /** Grouped reports: one value of each handle, in the order of the scanner's handle value map. */
  readonly groups: readonly Uint8Array[];
}

export interface ScanReport {
  readonly kind: 'scan';
  readonly requestId: number;
  readonly reportNumber: number;
  readonly persons: readonly PersonScan[];
}

/** An event type that is not known: kept as it is, and confirmed all the same. */
export interface UnknownReport {
  readonly kind: 'unknown';
  readonly bytes: Uint8Array;
}

export type EventInfo = ConfigurationReport | ScanReport | UnknownReport;

type Form = 'fixed' | 'var' | 'grouped';

interface ScanType {
  readonly name: string;
  readonly form: Form;
  /** Several persons. */
  readonly persons: boolean;
}

const scan = (name: string, form: Form, persons = false): ScanType => ({ name, form, persons });

/** Scan reports by event type (11073-10101, partition 3). */
export const SCAN_REPORTS: Readonly<Record<number, ScanType>> = {
  3357: scan('scan-fixed', 'fixed'),
  3358: scan('scan-var', 'var'),
  3359: scan('scan-mp-fixed', 'fixed', true),
  3360: scan('scan-mp-var', 'var', true),
  3362: scan('unbuf-var', 'var'),
  3363: scan('unbuf-fixed', 'fixed'),
  3364: scan('unbuf-grouped', 'grouped'),
  3365: scan('unbuf-mp-var', 'var', true),
  3366: scan('unbuf-mp-fixed', 'fixed', true),
  3367: scan('unbuf-mp-grouped', 'grouped', true),
  3368: scan('buf-var', 'var'),
  3369: scan('buf-fixed', 'fixed'),
  3370: scan('buf-grouped', 'grouped'),
  3371: scan('buf-mp-var', 'var', true),
  3372: scan('buf-mp-fixed', 'fixed', true),
  3373: scan('buf-mp-grouped', 'grouped', true),
};

/** Reads the info of an event report to its end. */
export function eventInfo(eventType: number, reader: MderReader): EventInfo {
  if (eventType === CONFIGURATION) return configurationReport(reader);
  const type = SCAN_REPORTS[eventType];
  return type ? scanReport(type, reader) : { kind: 'unknown', bytes: reader.rest() };
}

function configurationReport(reader: MderReader): ConfigurationReport {
  return {
    kind: 'configuration',
    configurationId: reader.u16(),
    objects: reader.list('configuration', (item) => ({
      class: item.u16(),
      handle: item.u16(),
      attributes: attributeList(item),
    })),
  };
}

function scanReport({ form, persons }: ScanType, reader: MderReader): ScanReport {
  const head = { kind: 'scan', requestId: reader.u16(), reportNumber: reader.u16() } as const;
  if (form === 'grouped') {
    if (!persons)
      return { ...head, persons: [{ observations: [], groups: reader.list('groups', (it) => it.octets()) }] };
    const one = (item: MderReader) => ({ person: item.u16(), observations: [], groups: [item.octets()] });
    return { ...head, persons: reader.list('persons', one) };
  }
  const all = (from: MderReader) => from.list('observations', form === 'fixed' ? fixed : variable);
  if (!persons) return { ...head, persons: [{ observations: all(reader), groups: [] }] };
  const one = (item: MderReader) => ({ person: item.u16(), observations: all(item), groups: [] });
  return { ...head, persons: reader.list('persons', one) };
}

function fixed(reader: MderReader): PhdObservation {
  return { handle: reader.u16(), fixed: reader.octets() };
}

function variable(reader: MderReader): PhdObservation {
  return { handle: reader.u16(), attributes: attributeList(reader) };
}
