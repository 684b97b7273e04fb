import { globMatches, globSpecificity } from '@onebox/driver-sdk/glob.js';
import type { BleRule, FileRule, SerialRule } from '@onebox/driver-sdk/manifest.js';
import type { MatchLevel, MatchReason } from '../api.js';
import type { Sighting } from '../links/link.js';
import { includesPattern, parsePattern } from './pattern.js';

/** Why a rule fits. */
export type Reason = MatchReason;

export interface Evidence {
  /** Larger is more. Comparable over all rules. */
  readonly score: number;
  readonly level: MatchLevel;
  readonly why: readonly Reason[];
}

/**
 * Points of a condition. A service id is registered or random and long, a company makes many products, a
 * name is free text: one service outweighs company and name together.
 */
const POINTS = {
  service: 100,
  serviceData: 60,
  company: 30,
  manufacturerData: 20,
  name: 20,
  usb: 100,
  usbSerial: 60,
  adapter: 20,
  anyPort: 5,
  file: 100,
  fallback: 1,
} as const;

/** Makers of adapter chips: their USB ids say which cable it is, not which device hangs on it. */
const ADAPTER_VENDORS: ReadonlySet<string> = new Set(['0403', '067b', '10c4', '1a86', '04d8', '2341']);

/** What speaks for a rule, or undefined when a condition does not hold. */
export function bleEvidence(rule: BleRule, { ble }: Sighting): Evidence | undefined {
  if (!ble) return undefined;
  if (rule.fallback) return fallbackEvidence(rule, ble);
  const why: Reason[] = [];
  let score = 0;
  for (const service of rule.services ?? []) {
    if (!ble.services.includes(service)) return undefined;
    score += POINTS.service;
    why.push({ id: 'match.service', params: { service } });
  }
  if (rule.serviceData) {
    const { service, prefix } = rule.serviceData;
    if (!ble.serviceData.some((one) => one.service === service && startsWith(one.data, prefix))) return undefined;
    score += POINTS.serviceData + prefix.length;
    why.push({ id: 'match.serviceData', params: { service } });
  }
  if (rule.companyId !== undefined) {
    if (ble.companyId !== rule.companyId) return undefined;
    score += POINTS.company;
    why.push({ id: 'match.company', params: { company: hex4(rule.companyId) } });
  }
  if (rule.manufacturerData !== undefined) {
    if (!ble.manufacturerData || !startsWith(ble.manufacturerData, rule.manufacturerData)) return undefined;
    score += POINTS.manufacturerData + rule.manufacturerData.length;
    why.push({ id: 'match.manufacturerData' });
  }
  if (rule.name !== undefined) {
    if (ble.name === undefined || !globMatches(rule.name, ble.name)) return undefined;
    score += POINTS.name + Math.min(globSpecificity(rule.name), 20);
    why.push({ id: 'match.name', params: { pattern: rule.name } });
  }
  return { score, level: rule.services || rule.serviceData ? 'likely' : 'possible', why };
}

/** For the driver of last resort: standard services that are advertised are all it can read. */
function fallbackEvidence({ services = [] }: BleRule, ble: NonNullable<Sighting['ble']>): Evidence | undefined {
  if (!ble.connectable || !services.every((service) => ble.services.includes(service))) return undefined;
  return {
    score: POINTS.fallback,
    level: services.length > 0 ? 'possible' : 'unknown',
    why: [{ id: 'match.fallback' }],
  };
}

export function serialEvidence(rule: SerialRule, { serial }: Sighting): Evidence | undefined {
  if (!serial) return undefined;
  if (!rule.usb) return { score: POINTS.anyPort, level: 'possible', why: [{ id: 'match.anyPort' }] };
  const { vendorId, productId, serial: pattern } = rule.usb;
  if (serial.vendorId?.toLowerCase() !== vendorId) return undefined;
  if (productId !== undefined && serial.productId?.toLowerCase() !== productId) return undefined;
  const adapter = ADAPTER_VENDORS.has(vendorId);
  const params = { usb: `${vendorId}:${productId ?? '*'}` };
  const why: Reason[] = [{ id: adapter ? 'match.adapter' : 'match.usb', params }];
  let score = (adapter ? POINTS.adapter : POINTS.usb) + (productId === undefined ? 0 : 10);
  if (pattern !== undefined) {
    if (serial.serialNumber === undefined || !globMatches(pattern, serial.serialNumber)) return undefined;
    score += POINTS.usbSerial + Math.min(globSpecificity(pattern), 20);
    why.push({ id: 'match.usbSerial', params: { pattern } });
  }
  return { score, level: adapter && pattern === undefined ? 'possible' : 'likely', why };
}

/** A file is known by what it holds, whatever it is called. */
export function fileEvidence({ contains, within }: FileRule, { file }: Sighting): Evidence | undefined {
  if (!file || !includesPattern(file.head.subarray(0, within), parsePattern(contains))) return undefined;
  return { score: POINTS.file, level: 'likely', why: [{ id: 'match.file' }] };
}

const startsWith = (data: Uint8Array, prefix: string): boolean =>
  Buffer.from(data.subarray(0, prefix.length / 2))
    .toString('hex')
    .toUpperCase() === prefix;

const hex4 = (value: number): string => `0x${value.toString(16).toUpperCase().padStart(4, '0')}`;
