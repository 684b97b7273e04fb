import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ProgrammerSimulator } from '@onebox/drivers/hl7-idco/simulator.js';
import type { HandedOver } from '@onebox/gateway/api.js';
import { EXPORT_FORMATS, type ExportFormat } from '@onebox/gateway/exports/formats.js';
import { everyFile, found, traces } from '@onebox/gateway/files/testing/traces.js';
import { passphraseOf } from '@onebox/gateway/handover/code-words.js';
import { open } from '@onebox/gateway/handover/container.js';
import { interrogationToJson } from '@onebox/protocol/json.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trailLines } from '../../cli/audit/trail-text.js';
import { factor, staffedTablet } from './officer.js';

/** Made up, each one once in the world. */
interface Planted {
  readonly patient: string;
  readonly serial: string;
  readonly record: string;
  readonly file: string;
  readonly notes: readonly string[];
}

const PLANTED: readonly Planted[] = Array.from({ length: 10 }, (_, at) => {
  const digits = String(4417 + 131 * at);
  return {
    patient: `ZebulonQuackenbush${digits}`,
    serial: `QX77CANARY${digits}`,
    record: `MRN${digits}QUACKEN`,
    file: `Wilhelmina${digits}`,
    notes: Array.from({ length: 16 }, (_note, place) => `canary${digits}remark${place}end`),
  };
});
const STAFF = { manager: 'Ottoline Keysmith', responder: 'Barnabas Firsthand', officer: 'Philomena Watchword' };
const READ = PLANTED.flatMap(({ patient, serial, record, notes }) => [patient, serial, record, ...notes]);
const ALL = [...PLANTED.map(({ file }) => file), ...READ];

/** The practice message of a programmer about somebody else's device. */
function message({ patient, serial, record, notes }: Planted): string {
  const text = Buffer.from(new ProgrammerSimulator().message(Date.now())).toString('latin1');
  const lines = notes.map((note, at) => `NTE|${at + 1}|L|${note}\r`).join('');
  return text
    .replaceAll('||Practice^Patient^', `||Example^${patient}^`)
    .replaceAll('PRACTICE-4420', serial)
    .replaceAll('PRACTICE-ID', record)
    .replace(/NTE\|1\|.*?\r/, lines);
}

describe('200 names, serial numbers and notes in what is read', () => {
  let tablet: Awaited<ReturnType<typeof staffedTablet>>;
  let documents = '';
  const handed: HandedOver[] = [];
  beforeAll(async () => {
    tablet = await staffedTablet(STAFF);
    const { gateway } = tablet;
    await tablet.unlock('responder');
    for (const planted of PLANTED) {
      const content = Buffer.from(message(planted), 'latin1').toString('base64');
      const row = await gateway.call('openFile', { name: `${planted.file}.hl7`, content });
      const { accessId } = await gateway.call('breakGlass', { deviceId: row.id, reason: 'unresponsive', factor });
      documents += JSON.stringify(interrogationToJson(await gateway.readingOf(accessId).ended));
      await gateway.call('values', { accessId });
      handed.push(await gateway.call('handOver', { accessId }));
      await gateway.call('close', { accessId });
    }
    await tablet.unlock('officer');
  }, 120_000);
  afterAll(async () => {
    await tablet.close();
    tablet.remove();
  });

  it('were read, and the search finds them in each encoding', () => {
    expect(new Set(ALL).size).toBe(200);
    // A shorter trace would be found by chance.
    for (const text of ALL) {
      expect(Math.min(...traces(text).map(({ length }) => length)), text).toBeGreaterThanOrEqual(8);
      // None was too short to be looked for: itself, wide, hex in both cases, Base64 at three places.
      expect(traces(text), text).toHaveLength(7);
    }
    expect(found(READ, Buffer.from(documents))).toEqual(READ);
    for (const encoding of ['utf8', 'utf16le', 'hex', 'base64'] as const) {
      const bytes = encoding === 'utf16le' ? Buffer.from(documents, encoding) : Buffer.from(documents);
      const encoded = encoding === 'hex' || encoding === 'base64' ? Buffer.from(bytes.toString(encoding)) : bytes;
      expect(found(READ, encoded), encoding).toEqual(READ);
    }
  });

  it.each(Object.keys(EXPORT_FORMATS) as ExportFormat[])(
    'none is in the export %s, nor is a member of the staff',
    async (format) => {
      const out = join(tablet.root, `export-${format}`);
      const { items, intact, bytes } = await tablet.gateway.trail.export(format, out);
      expect(intact).toBe(true);
      expect(items).toBeGreaterThan(100);
      const files = statSync(out).isDirectory() ? everyFile(out) : [out];
      expect(files.reduce((sum, file) => sum + statSync(file).size, 0)).toBe(bytes);
      for (const file of files) {
        const content = readFileSync(file);
        // A DICOM detail is Base64 by itself: what stands in it is looked for too.
        const decoded = content
          .toString('latin1')
          .replace(/ value="([^"]*)"/g, (_all, text: string) => Buffer.from(text, 'base64').toString('latin1'));
        for (const all of [content, Buffer.from(decoded, 'latin1')])
          expect(found([...ALL, ...Object.values(STAFF)], all), file).toEqual([]);
      }
    },
  );

  it('none is in a hand-over, its name or its Base64, while its words show that all of a read is in it', async () => {
    for (const { content, fileName } of handed) {
      const file = Buffer.from(content, 'base64');
      for (const all of [file, Buffer.from(content), Buffer.from(fileName)])
        expect(found([...ALL, ...Object.values(STAFF)], all), fileName).toEqual([]);
    }
    const [first, { patient, serial, record, notes, file }] = [handed[0]!, PLANTED[0]!];
    const { files } = await open(Buffer.from(first.content, 'base64'), passphraseOf(first.words));
    const inside = Buffer.concat([...files.values()]);
    expect(found([patient, serial, record, ...notes], inside)).toEqual([patient, serial, record, ...notes]);
    // The reader's own people and the name of the opened file are not even behind the words.
    expect(found([file, ...Object.values(STAFF), ...PLANTED.slice(1).map((other) => other.patient)], inside)).toEqual(
      [],
    );
    const disk = Buffer.concat(everyFile(tablet.root).map((path) => readFileSync(path)));
    for (const { words } of handed) expect(found([words.join(' ')], disk)).toEqual([]);
  });

  it('none is in the list for the officer', async () => {
    const trail = await tablet.gateway.trail.show(100_000);
    expect(trail.rows.filter(({ event }) => event === 'accessClosed')).toHaveLength(PLANTED.length);
    const shown = Buffer.from([JSON.stringify(trail), ...trailLines(trail)].join('\n'));
    expect(found([...ALL, ...Object.values(STAFF)], shown)).toEqual([]);
  });
});
