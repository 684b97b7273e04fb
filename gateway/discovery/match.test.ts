import { ambiguity } from '@onebox/driver-sdk/ambiguity.js';
import type { ManifestInput } from '@onebox/driver-sdk/manifest.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../driver-host/clock.js';
import { testManifest } from '../driver-host/testing/bundle.js';
import { MemoryLink } from '../driver-host/testing/memory-link.js';
import type { Sighting } from '../links/link.js';
import { Matcher } from './match.js';
import { recogniseSerial } from './recognise.js';

const line = { baudRate: 9600 };
const serialOnly = {
  transport: ['serial'] as ManifestInput['transport'],
  requests: {},
  subscriptions: ['line'],
  reads: [],
  endOfSession: [],
};
const ble = (id: string, rule: NonNullable<ManifestInput['match']['ble']>[number], more: Partial<ManifestInput> = {}) =>
  testManifest({ id, match: { ble: [rule] }, ...more });
const serial = (
  id: string,
  rule: NonNullable<ManifestInput['match']['serial']>[number],
  more: Partial<ManifestInput> = {},
) => testManifest({ id, ...serialOnly, match: { serial: [rule] }, ...more });

const heard = (fields: Partial<NonNullable<Sighting['ble']>>): Sighting => ({
  id: 'ble:1',
  transport: 'ble',
  firstHeard: 0,
  lastHeard: 0,
  ble: { services: [], serviceData: [], connectable: true, rssi: -60, ...fields },
});
const port = (fields: Partial<NonNullable<Sighting['serial']>>): Sighting => ({
  id: 'serial:1',
  transport: 'serial',
  firstHeard: 0,
  lastHeard: 0,
  serial: { path: '/dev/ttyUSB0', ...fields },
});
const ids = (match: ReturnType<Matcher['match']>) => match.candidates.map((candidate) => candidate.manifest.id);

describe('matching of Bluetooth devices', () => {
  const matcher = new Matcher([
    ble('by-service', { services: ['1822'] }),
    ble('by-model', { services: ['1822'], name: 'Nonin*' }),
    ble('by-company', { companyId: 0x0059 }),
    ble('by-name', { name: 'OX-####' }),
    ble(
      'by-data',
      { serviceData: { service: 'FCF1', prefix: '02' }, deviceClass: 'icd' },
      {
        deviceClasses: ['icd', 'pacemaker'],
        safety: { magnet: { duringRead: 'ignored', afterReadSeconds: 60, source: 'test' } },
      },
    ),
    ble('generic', { fallback: true }),
  ]);

  it('a registered service is likely, with model better than without', () => {
    const match = matcher.match(heard({ services: ['1822', '180A'], name: 'Nonin 3230' }));
    expect(ids(match)).toEqual(['by-model', 'by-service']);
    expect(match.level).toBe('likely');
    expect(match.ambiguous).toBe(false);
    expect(match.why).toEqual([
      { id: 'match.service', params: { service: '1822' } },
      { id: 'match.name', params: { pattern: 'Nonin*' } },
    ]);
  });

  it('company or name alone are possible', () => {
    expect(matcher.match(heard({ companyId: 0x59 }))).toMatchObject({
      level: 'possible',
      why: [{ id: 'match.company', params: { company: '0x0059' } }],
    });
    expect(ids(matcher.match(heard({ name: 'OX-0042' })))).toEqual(['by-name']);
    expect(ids(matcher.match(heard({ name: 'OX-004' })))).toEqual(['generic']);
  });

  it('the class comes from the rule', () => {
    const [candidate] = matcher.match(
      heard({ serviceData: [{ service: 'FCF1', data: Uint8Array.of(2, 9) }] }),
    ).candidates;
    expect(candidate).toMatchObject({ deviceClass: 'icd', level: 'likely' });
    expect(ids(matcher.match(heard({ serviceData: [{ service: 'FCF1', data: Uint8Array.of(3, 9) }] })))).toEqual([
      'generic',
    ]);
  });

  it('the fallback is only for what nobody else knows and can be connected to', () => {
    expect(matcher.match(heard({ name: 'TV' }))).toMatchObject({ level: 'unknown', why: [{ id: 'match.fallback' }] });
    expect(matcher.match(heard({ name: 'TV', connectable: false }))).toMatchObject({
      candidates: [],
      level: 'unknown',
      why: [{ id: 'match.none' }],
    });
  });

  it('equal scores all come back, in a fixed order', () => {
    const match = new Matcher([ble('z', { companyId: 1 }), ble('a', { companyId: 1 })]).match(heard({ companyId: 1 }));
    expect(ids(match)).toEqual(['a', 'z']);
    expect(match.ambiguous).toBe(true);
  });

  it('a model that must not be touched has no driver', () => {
    const careful = new Matcher([
      ble('a', { companyId: 1 }, { safety: { doNotTouch: [{ name: 'OLD-*', source: 'advisory 1' }] } }),
    ]);
    expect(careful.match(heard({ companyId: 1, name: 'OLD-7' }))).toMatchObject({
      candidates: [],
      doNotTouch: { driver: 'a', source: 'advisory 1' },
    });
    expect(ids(careful.match(heard({ companyId: 1, name: 'NEW-7' })))).toEqual(['a']);
  });

  it('the index finds what a scan over all manifests finds', () => {
    const rule = fc.record(
      {
        services: fc.uniqueArray(fc.constantFrom('1808', '1822', '180D'), { minLength: 1 }),
        companyId: fc.integer({ min: 0, max: 2 }),
        name: fc.constantFrom('A*', '*A', 'B#', '?B*'),
      },
      { requiredKeys: [] },
    );
    const sighting = fc.record({
      services: fc.uniqueArray(fc.constantFrom('1808', '1822', '180D')),
      companyId: fc.integer({ min: 0, max: 2 }),
      name: fc.constantFrom('A', 'BA', 'B1', 'AB1'),
    });
    fc.assert(
      fc.property(
        fc.array(
          rule.filter((one) => Object.keys(one).length > 0),
          { minLength: 1, maxLength: 12 },
        ),
        sighting,
        (rules, fields) => {
          const manifests = rules.map((one, index) => ble(`d${index}`, one));
          const all = ids(new Matcher(manifests).match(heard(fields)));
          const alone = manifests
            .filter((manifest) => new Matcher([manifest]).match(heard(fields)).candidates.length > 0)
            .map((manifest) => manifest.id);
          expect(all.toSorted()).toEqual(alone.toSorted());
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('matching of serial ports', () => {
  const matcher = new Matcher([
    serial('own-usb', { usb: { vendorId: '28e9', productId: '028a' }, line }),
    serial('on-adapter', { usb: { vendorId: '10c4', productId: 'ea60' }, line }),
    serial('any', { anyPort: true, line }),
  ]);

  it('ids of the maker are likely, ids of an adapter chip only possible, and any port fits last', () => {
    expect(matcher.match(port({ vendorId: '28E9', productId: '028A' }))).toMatchObject({
      level: 'likely',
      why: [{ id: 'match.usb', params: { usb: '28e9:028a' } }],
    });
    const adapter = matcher.match(port({ vendorId: '10c4', productId: 'ea60' }));
    expect(adapter.level).toBe('possible');
    expect(ids(adapter)).toEqual(['on-adapter', 'any']);
    expect(ids(matcher.match(port({})))).toEqual(['any']);
    expect(matcher.match(port({})).candidates[0]?.serialRule?.line).toMatchObject({
      baudRate: 9600,
      dataBits: 8,
      parity: 'none',
    });
  });

  it('recognises a device by what it says, and by its answer to a probe', async () => {
    const talking = serial('talks', {
      anyPort: true,
      line,
      identify: { by: 'listen', expect: '02 .. 03', withinMs: 300 },
    });
    const asked = serial(
      'asked',
      { anyPort: true, line, identify: { by: 'probe', request: 'hello', expect: '06', withinMs: 300 } },
      { requests: { hello: { channel: 'line', bytes: '05' } } },
    );
    const run = (manifest: typeof talking, device: Partial<ConstructorParameters<typeof MemoryLink>[0]>) => {
      const link = new MemoryLink({ transport: 'serial', channels: [{ id: 'line' }], ...device });
      return recogniseSerial({
        link,
        manifest,
        rule: manifest.match.serial[0]!,
        clock: systemClock(),
        onEvent: () => undefined,
      });
    };
    const says = (...packets: number[][]) => ({
      subscribed: (_channel: string, link: MemoryLink) => {
        for (const bytes of packets) setImmediate(() => link.say('line', Uint8Array.from(bytes)));
      },
    });
    expect(await run(talking, says([0xff, 2], [9, 3]))).toEqual({ id: 'match.listen' });
    expect(await run(talking, says([2, 9, 9, 3]))).toBeUndefined();
    expect(
      await run(asked, { written: (_channel, bytes, link) => bytes[0] === 5 && link.say('line', Uint8Array.of(6)) }),
    ).toEqual({ id: 'match.probe' });
    expect(await run(asked, {})).toBeUndefined();
  });
});

describe('ambiguity between manifests', () => {
  it('finds two rules that nothing tells apart', () => {
    expect(ambiguity([ble('a', { services: ['1822', '180A'] }), ble('b', { services: ['180A', '1822'] })])).toEqual([
      { drivers: ['a', 'b'], transport: 'ble', rules: [0, 0] },
    ]);
    expect(ambiguity([ble('a', { services: ['1822'] }), ble('b', { services: ['1822'], name: 'B*' })])).toEqual([]);
    expect(ambiguity([ble('a', { companyId: 1, name: 'AB*' }), ble('b', { companyId: 1, name: '*AB' })])).toHaveLength(
      1,
    );
    expect(ambiguity([ble('a', { companyId: 1, name: 'AB*' }), ble('b', { companyId: 1, name: 'AC*' })])).toEqual([]);
    expect(ambiguity([ble('a', { fallback: true }), ble('b', { fallback: true })])).toHaveLength(1);
  });

  it('an answer of its own tells serial devices apart', () => {
    const listen = (expect: string) => ({ by: 'listen' as const, expect, withinMs: 1000 });
    const both = (a: string, b: string) =>
      ambiguity([
        serial('a', { anyPort: true, line, identify: listen(a) }),
        serial('b', { anyPort: true, line, identify: listen(b) }),
      ]);
    expect(both('05', '06')).toEqual([]);
    expect(both('05', '05')).toHaveLength(1);
    expect(ambiguity([serial('a', { anyPort: true, line }), serial('b', { anyPort: true, line })])).toHaveLength(1);
  });
});
