import { globSpecificity, globsOverlap } from './glob.js';
import type { BleRule, Manifest, SerialRule } from './manifest.js';

/** Two rules of different drivers that the same device can meet equally well. */
export interface Ambiguity {
  readonly drivers: readonly [string, string];
  readonly transport: 'ble' | 'serial' | 'file';
  /** Places of the rules in the two manifests. */
  readonly rules: readonly [number, number];
}

/** All pairs of rules that claim the same fingerprint without a way to tell them apart. */
export function ambiguity(manifests: readonly Manifest[]): readonly Ambiguity[] {
  const found: Ambiguity[] = [];
  for (const [index, first] of manifests.entries())
    for (const second of manifests.slice(index + 1)) {
      const drivers = [first.id, second.id] as const;
      for (const [i, a] of first.match.ble.entries())
        for (const [j, b] of second.match.ble.entries())
          if (sameBle(a, b)) found.push({ drivers, transport: 'ble', rules: [i, j] });
      for (const [i, a] of first.match.serial.entries())
        for (const [j, b] of second.match.serial.entries())
          if (sameSerial(a, b)) found.push({ drivers, transport: 'serial', rules: [i, j] });
      for (const [i, a] of first.match.file.entries())
        for (const [j, b] of second.match.file.entries())
          if (a.contains === b.contains) found.push({ drivers, transport: 'file', rules: [i, j] });
    }
  return found;
}

const sorted = (services: readonly string[] | undefined) => [...(services ?? [])].sort().join();

function sameBle(a: BleRule, b: BleRule): boolean {
  return (
    a.fallback === b.fallback &&
    sorted(a.services) === sorted(b.services) &&
    a.companyId === b.companyId &&
    a.manufacturerData === b.manufacturerData &&
    a.serviceData?.service === b.serviceData?.service &&
    a.serviceData?.prefix === b.serviceData?.prefix &&
    sameName(a.name, b.name)
  );
}

function sameSerial(a: SerialRule, b: SerialRule): boolean {
  if (a.usb?.vendorId !== b.usb?.vendorId || a.usb?.productId !== b.usb?.productId || a.anyPort !== b.anyPort)
    return false;
  if (!sameName(a.usb?.serial, b.usb?.serial)) return false;
  // Each can be recognised by its own answer, unless both expect the same one.
  if (a.identify && b.identify) return a.identify.expect === b.identify.expect;
  // One that can be asked and one that cannot: the answer tells.
  return !a.identify && !b.identify;
}

function sameName(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return globSpecificity(a) === globSpecificity(b) && globsOverlap(a, b);
}
