import { describe, expect, it } from 'vitest';
import { checkManifest, type ManifestInput, readManifest } from './manifest.js';

const good: ManifestInput = {
  id: 'example',
  version: '1.0.0',
  protocol: { min: '1.0', max: '1.0' },
  vendor: 'Example',
  deviceClasses: ['pulse-oximeter'],
  transport: ['ble'],
  match: { ble: [{ services: ['1822'] }] },
  requests: { bye: { channel: '2A52', bytes: '01 {how:u8:1..2}' } },
  reads: ['2A19'],
  budget: {
    connections: 2,
    radioSeconds: 60,
    bytesIn: 1000,
    bytesOut: 100,
    findings: 100,
    per24h: { sessions: 10, radioSeconds: 600 },
  },
  phases: ['identity'],
};

const problems = (changes: object) =>
  checkManifest({ ...good, ...changes }).problems.map(({ path, message }) => `${path}: ${message}`);

describe('manifests', () => {
  it('a good one comes back with its defaults', () => {
    const { manifest } = checkManifest({ ...good, endOfSession: [{ request: 'bye', parameters: { how: 1 } }] });
    expect(manifest).toMatchObject({
      memoryMiB: 32,
      subscriptions: [],
      budget: { stallSeconds: 30 },
      safety: { doNotTouch: [] },
      requests: { bye: { withResponse: true } },
    });
  });

  it.each([
    [{ id: 'Example' }, 'id: small letters, digits and single hyphens'],
    [{ unknown: 1 }, 'manifest: Unrecognized key: "unknown"'],
    [{ reads: ['2a19'] }, 'reads.0: a channel is'],
    [{ reads: ['2A19', '2A19'] }, 'reads: an entry is there twice'],
    [{ reads: ['line'] }, 'reads.0: this channel does not exist on the transports of the driver'],
    [{ emptyReads: ['2A1A'] }, 'emptyReads.0: is not in reads'],
    [{ requests: { go: { channel: '2A52', bytes: '0Z' } } }, 'requests.go'],
    [{ endOfSession: ['toString'] }, 'endOfSession.0: no request toString'],
    [{ endOfSession: ['bye'] }, 'endOfSession.0: hole how: not a whole number'],
    [{ endOfSession: [{ request: 'bye', parameters: { how: 3 } }] }, 'endOfSession.0: hole how: out of range'],
    [{ match: { ble: [{}] } }, 'match.ble.0: a rule without a condition matches everything'],
    [{ match: { ble: [{ name: '*' }] } }, 'match.ble.0.name: at least one literal character'],
    [
      { match: { ble: [{ services: ['1822'], deviceClass: 'icd' }] } },
      'match.ble.0.deviceClass: is not in deviceClasses',
    ],
    [{ match: { ble: [] } }, 'match.ble: no rule for ble'],
    [
      { match: { ble: good.match.ble, serial: [{ anyPort: true, line: { baudRate: 9600 } }] } },
      'match.serial: serial is missing in transport',
    ],
    [{ deviceClasses: ['icd'] }, 'safety.magnet: a driver of cardiac devices states what a magnet does'],
    [{ budget: { ...good.budget, connections: 0 } }, 'budget.connections'],
  ])('%j: %s', (changes, problem) => {
    expect(problems(changes).join('\n')).toContain(problem);
  });

  it('names file, line and place of every problem', () => {
    const text = JSON.stringify({ ...good, version: '1', reads: ['2A19', 'x'] }, undefined, 2);
    const line = (needle: string) => text.split('\n').findIndex((one) => one.includes(needle)) + 1;
    const error = (() => {
      try {
        return readManifest(text, 'drivers/example/manifest.json');
      } catch (caught) {
        return caught;
      }
    })();
    expect(error).toMatchObject({ kind: 'MANIFEST_INVALID' });
    expect(String(error)).toContain(
      `drivers/example/manifest.json:${line('"version": "1"')} version: a version is MAJOR.MINOR.PATCH`,
    );
    expect(String(error)).toContain(`drivers/example/manifest.json:${line('"x"')} reads.1: a channel is`);
    expect(() => readManifest('{', 'a.json')).toThrow(/a\.json: not JSON/);
  });
});
