import type { Manifest, ManifestInput } from '@onebox/driver-sdk/manifest.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testManifest } from '../driver-host/testing/bundle.js';
import type { Sighting } from '../links/link.js';
import { bleEvidence, fileEvidence, serialEvidence } from './evidence.js';
import { Matcher } from './match.js';

/** The index must find what a loop over every rule of every manifest finds, with the same scores. */

const SERVICES = ['1808', '1822', '180D', '0000FD2600001000800000805F9B34FB'];
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const defined = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T;

const bleRule = fc
  .record({
    services: optional(fc.uniqueArray(fc.constantFrom(...SERVICES), { minLength: 1, maxLength: 3 })),
    companyId: optional(fc.integer({ min: 0, max: 2 })),
    serviceData: optional(
      fc.record({ service: fc.constantFrom(...SERVICES), prefix: fc.constantFrom('01', '0102', 'FF') }),
    ),
    name: optional(fc.constantFrom('A*', '*A', 'B#', '?B*', 'AB1', '#*A')),
    fallback: optional(fc.constant(true as const)),
  })
  .map(defined)
  .filter((rule) => Object.keys(rule).length > 0);
const serialRule = fc
  .record({
    usb: optional(
      fc
        .record({
          vendorId: fc.constantFrom('0403', '28e9'),
          productId: optional(fc.constantFrom('6001', '028a')),
          serial: optional(fc.constantFrom('S*', '*1')),
        })
        .map(defined),
    ),
    anyPort: optional(fc.constant(true as const)),
    line: fc.constant({ baudRate: 9600 }),
  })
  .map(defined)
  .filter((rule) => rule.usb !== undefined || rule.anyPort === true);
const fileRule = fc.record({ contains: fc.constantFrom('4D 53', '4D ..', '48'), within: fc.constantFrom(2, 8) });

const manifests = fc
  .array(
    fc.record({
      ble: fc.array(bleRule, { maxLength: 3 }),
      serial: fc.array(serialRule, { maxLength: 2 }),
      file: fc.array(fileRule, { maxLength: 2 }),
    }),
    { minLength: 1, maxLength: 10 },
  )
  .map((all) =>
    all.map((match, at): Manifest => {
      const { match: _own, ...rest } = testManifest({ id: `d${at}` });
      // Only the rules count here: whether they fit the rest of the manifest is not what is tested.
      return { ...rest, match: match as unknown as ManifestInput['match'] as Manifest['match'] };
    }),
  );

const bytes = fc.uint8Array({ maxLength: 4 });
const base = { firstHeard: 0, lastHeard: 0 } as const;
const sighting: fc.Arbitrary<Sighting> = fc.oneof(
  fc
    .record({
      services: fc.uniqueArray(fc.constantFrom(...SERVICES), { maxLength: 3 }),
      serviceData: fc.array(
        fc.record({
          service: fc.constantFrom(...SERVICES),
          data: fc.oneof(bytes, fc.constant(Uint8Array.of(1, 2)), fc.constant(Uint8Array.of(255))),
        }),
        { maxLength: 2 },
      ),
      companyId: optional(fc.integer({ min: 0, max: 2 })),
      name: optional(fc.constantFrom('', 'A', 'BA', 'B1', 'AB1', '1A')),
      connectable: fc.boolean(),
      rssi: fc.constant(-60),
    })
    .map((ble) => ({
      ...base,
      id: 'ble:1',
      transport: 'ble' as const,
      ble: defined(ble) as NonNullable<Sighting['ble']>,
    })),
  fc
    .record({
      path: fc.constant('/dev/ttyUSB0'),
      vendorId: optional(fc.constantFrom('0403', '28E9', 'ffff')),
      productId: optional(fc.constantFrom('6001', '028A')),
      serialNumber: optional(fc.constantFrom('S1', 'X1', 'X')),
    })
    .map((serial) => ({
      ...base,
      id: 'serial:1',
      transport: 'serial' as const,
      serial: defined(serial) as NonNullable<Sighting['serial']>,
    })),
  fc.constantFrom('MSH|', 'HMS', 'xM', '').map((text) => ({
    ...base,
    id: 'file:1',
    transport: 'file' as const,
    file: { name: 'a', bytes: text.length, head: new TextEncoder().encode(text) } as NonNullable<Sighting['file']>,
  })),
);

/** Best score of each driver, best first; the fallback only where nothing else fits. */
function plainLoop(all: readonly Manifest[], heard: Sighting): readonly (readonly [string, number])[] {
  const scores = (fallback: boolean) =>
    all.flatMap(({ id, match }) => {
      const found = [
        ...match.ble.filter((rule) => (rule.fallback ?? false) === fallback).map((rule) => bleEvidence(rule, heard)),
        ...(fallback ? [] : match.serial.map((rule) => serialEvidence(rule, heard))),
        ...(fallback ? [] : match.file.map((rule) => fileEvidence(rule, heard))),
      ].flatMap((evidence) => (evidence ? [evidence.score] : []));
      return found.length > 0 ? [[id, Math.max(...found)] as const] : [];
    });
  const specific = scores(false);
  const list = specific.length > 0 ? specific : scores(true);
  return list.toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
}

describe('the index of rules', () => {
  it('gives the candidates and scores of a loop over all of them', () => {
    fc.assert(
      fc.property(manifests, sighting, (all, heard) => {
        const { candidates, ambiguous } = new Matcher(all).match(heard);
        const expected = plainLoop(all, heard);
        expect(candidates.map(({ manifest, score }) => [manifest.id, score])).toEqual(expected);
        expect(ambiguous).toBe(expected.length > 1 && expected[0]![1] === expected[1]![1]);
      }),
      { numRuns: 1000 },
    );
  });
});
