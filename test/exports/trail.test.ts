import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EVENTS } from '@onebox/gateway/audit/events.js';
import { EXPORT_ROWS } from '@onebox/gateway/exports/catalogue.js';
import type { ExportFormat } from '@onebox/gateway/exports/formats.js';
import { route } from '@onebox/gateway/router.js';
import { verifyStore } from '@onebox/gateway/store.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { trailLines } from '../../cli/audit/trail-text.js';
import { messages } from '../../renderer/messages/en/index.js';
import { auditOnDisk, BreakableDisk } from '../interrogation/tablet.js';
import { staffedTablet } from './officer.js';

const NAMES = { manager: 'A', responder: 'B', officer: 'C' };
const FORMATS: readonly ExportFormat[] = ['fhir', 'dicom', 'log'];

describe('the whole trail', () => {
  let disk: BreakableDisk;
  let tablet: Awaited<ReturnType<typeof staffedTablet>>;
  beforeEach(async () => {
    disk = new BreakableDisk();
    tablet = await staffedTablet(NAMES, disk);
  });
  afterEach(async () => {
    disk.broken = () => false;
    await tablet.close();
    tablet.remove();
  });
  const out = (name: string) => join(tablet.root, name);
  const outside = () => readdirSync(tablet.root).filter((name) => name !== 'store');
  const events = () => auditOnDisk(tablet.dataFolder);

  it('is for the privacy officer; every other attempt is a record, and nothing is written', async () => {
    const { gateway } = tablet;
    const attempts = [() => gateway.trail.show(10), ...FORMATS.map((one) => () => gateway.trail.export(one, out(one)))];
    for (const who of ['manager', 'responder'] as const) {
      await tablet.unlock(who);
      for (const attempt of attempts) {
        const before = events().length;
        await expect(attempt()).rejects.toMatchObject({ kind: 'FORBIDDEN' });
        expect(events().slice(before)).toEqual(['accessDenied']);
      }
    }
    await gateway.call('lock');
    for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ kind: 'LOCKED' });
    expect(outside()).toEqual([]);
  });

  it('cannot be asked for by a window, whoever sits before it', async () => {
    await tablet.unlock('officer');
    for (const name of ['trail', 'auditTrail', 'exportAudit', 'show', 'export'])
      expect(await route(tablet.gateway, name, { format: 'log', out: out('x') })).toMatchObject({
        ok: false,
        error: { kind: 'INPUT_INVALID' },
      });
    await expect(tablet.gateway.call('exportAudit' as 'status')).rejects.toMatchObject({ kind: 'FORBIDDEN' });
    expect(outside()).toEqual([]);
  });

  it('is listed with what was asked for, who asked, and the seal; a look is a record', async () => {
    await tablet.unlock('officer');
    const trail = await tablet.gateway.trail.show(4);
    expect(trail).toMatchObject({ intact: true, rows: { length: 4 } });
    expect(trail.rows.at(-1)).toMatchObject({ event: 'auditVerified', index: trail.entries - 1 });
    expect(events().at(-1)).toBe('auditViewed');
    const again = await tablet.gateway.trail.show(1000);
    expect(again.rows.map(({ index }) => index)).toEqual(Array.from({ length: again.entries }, (_, at) => at));
    const viewed = again.rows.find(({ event }) => event === 'auditViewed');
    expect(viewed).toMatchObject({
      role: 'privacy-officer',
      numbers: { entries: 4 },
      person: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(trailLines(again)[0]).toMatch(
      /^Chain intact · \d+ entries · last seal \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/,
    );
    expect(
      trailLines(again).some((line) =>
        /#\d+ {2}Tablet unlocked +privacy-officer · person \.\.[0-9a-f]{4} · /.test(line),
      ),
    ).toBe(true);
  });

  it.each(FORMATS)('as %s: one unit for each record, for its owner only, and recorded', async (format) => {
    await tablet.unlock('officer');
    const done = await tablet.gateway.trail.export(format, out('x'));
    expect(done).toMatchObject({ format, intact: true, problems: [] });
    expect(events().at(-1)).toBe('auditExported');
    expect(outside()).toEqual(['x']);
    if (process.platform !== 'win32') expect(statSync(out('x')).mode & 0o077).toBe(0);
    if (format === 'log') return;
    const text = readFileSync(out('x'), 'utf8');
    expect(text.match(format === 'fhir' ? /^\{.*\}$/gm : /^<AuditMessage>.*<\/AuditMessage>$/gm)).toHaveLength(
      done.items,
    );
    expect(Buffer.byteLength(text)).toBe(done.bytes);
    const { rows } = await tablet.gateway.trail.show(1);
    expect(rows).toHaveLength(1);
  });

  it('as the log itself: verifies by itself and with the key, and a changed byte is found', async () => {
    await tablet.unlock('officer');
    const { key, items } = await tablet.gateway.trail.export('log', out('copy'));
    expect(readFileSync(out('copy/log.vkey'), 'utf8')).toBe(`${key}\n`);
    expect(readdirSync(out('copy')).sort()).toEqual(['audit', 'log.vkey', 'vault']);
    const whole = await verifyStore(out('copy'), { publicKey: key! });
    expect(whole).toMatchObject({ intact: true, entries: items });
    expect(whole.signed).toBeGreaterThan(0);
    const [segment] = readdirSync(out('copy/audit'));
    const original = readFileSync(join(tablet.dataFolder, 'audit', segment!));
    const copy = readFileSync(out(`copy/audit/${segment}`));
    expect(original.subarray(0, copy.length).equals(copy)).toBe(true);
    copy[copy.length >> 1]! ^= 1;
    writeFileSync(out(`copy/audit/${segment}`), copy);
    expect((await verifyStore(out('copy'), { publicKey: key! })).intact).toBe(false);
  });

  it.each(FORMATS)('%s overwrites nothing: no file, no folder, no link, no draft of another', async (format) => {
    await tablet.unlock('officer');
    writeFileSync(out('file'), 'precious');
    mkdirSync(out('folder'));
    symlinkSync(out('nowhere'), out('link'));
    writeFileSync(out('draft.part'), 'precious');
    const before = outside();
    for (const name of ['file', 'folder', 'link', 'draft', 'no-such-folder/x'])
      await expect(tablet.gateway.trail.export(format, out(name)), name).rejects.toMatchObject({
        kind: 'INPUT_INVALID',
      });
    expect(outside()).toEqual(before);
    expect(readFileSync(out('file'), 'utf8') + readFileSync(out('draft.part'), 'utf8')).toBe('preciousprecious');
    expect(events()).not.toContain('auditExported');
  });

  it.each(FORMATS)('%s: what cannot be recorded is not exported, and nothing is left behind', async (format) => {
    await tablet.unlock('officer');
    disk.broken = (path) => path.endsWith('.seg');
    await expect(tablet.gateway.trail.export(format, out('x'))).rejects.toMatchObject({ kind: 'AUDIT_WRITE' });
    expect(outside()).toEqual([]);
  });

  it('damage is said, and copied as it is', async () => {
    await tablet.unlock('officer');
    const [segment] = readdirSync(join(tablet.dataFolder, 'audit'));
    const path = join(tablet.dataFolder, 'audit', segment!);
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(path, bytes);
    const done = await tablet.gateway.trail.export('log', out('copy'));
    expect(done.intact).toBe(false);
    expect(done.problems).not.toEqual([]);
    expect((await verifyStore(out('copy'), { publicKey: done.key! })).intact).toBe(false);
    expect((await tablet.gateway.trail.export('fhir', out('fhir'))).intact).toBe(false);
    expect((await tablet.gateway.trail.show(5)).intact).toBe(false);
  });

  it('says of an event what the screen says', () => {
    for (const name of Object.keys(EVENTS) as (keyof typeof EVENTS)[])
      expect(EXPORT_ROWS[name].title).toBe((messages as Readonly<Record<string, string>>)[`audit.${name}`]);
  });
});
