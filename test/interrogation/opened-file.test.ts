import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProgrammerSimulator } from '@onebox/drivers/hl7-idco/simulator.js';
import { DriverIndex } from '@onebox/gateway/driver-host/driver-index.js';
import { nodeLauncher } from '@onebox/gateway/driver-host/launcher.js';
import { Gateway } from '@onebox/gateway/gateway.js';
import { v1 } from '@onebox/protocol/messages.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditOnDisk, everything } from './tablet.js';

const PIN = '482915';
const NAME = 'Rosalind Example';

async function tablet(practice: boolean) {
  const folder = mkdtempSync(join(tmpdir(), 'onebox-file-'));
  const gateway = await Gateway.open({
    dataFolder: folder,
    providers: [],
    drivers: DriverIndex.open(),
    launcher: nodeLauncher(),
    practice,
    version: '0.0.0',
    reading: { live: false },
  });
  await gateway.call('enrol', { displayName: 'Robin Vale', role: 'responder', pin: PIN });
  return {
    folder,
    gateway,
    stop: () => gateway.dispose().finally(() => rmSync(folder, { recursive: true, force: true })),
  };
}

/** The practice message with a patient in it. */
const exported = (): string =>
  Buffer.from(new ProgrammerSimulator().message(Date.now()))
    .toString('latin1')
    .replace('||Practice^Patient^', '||Example^Rosalind^');

describe('a file that a programmer exported', () => {
  let world: Awaited<ReturnType<typeof tablet>>;
  beforeAll(async () => {
    world = await tablet(false);
  });
  afterAll(() => world.stop());
  const open = (content: string | Buffer, name = `${NAME}.hl7`) =>
    world.gateway.call('openFile', { name, content: Buffer.from(content as string, 'latin1').toString('base64') });

  it('is one more entry of the list, read behind break glass, and gone when it is closed', async () => {
    const { gateway, folder } = world;
    const row = await open(exported());
    expect(row).toMatchObject({ transport: 'file', readable: true, match: 'likely', why: [{ id: 'match.file' }] });
    expect((await gateway.call('startScan')).devices.map(({ id }) => id)).toEqual([row.id]);

    const { accessId } = await gateway.call('breakGlass', {
      deviceId: row.id,
      reason: 'unresponsive',
      factor: { kind: 'pin', pin: PIN },
    });
    const document = await gateway.readingOf(accessId).ended;
    expect(document).toMatchObject({
      transport: v1.Transport.TRANSPORT_FILE,
      completeness: v1.Completeness.COMPLETENESS_COMPLETE,
      bytesSent: 0,
    });
    const card = await gateway.call('card', { accessId });
    expect(card).toMatchObject({ identity: { deviceClass: 'icd', serial: 'PRACTICE-4420' }, practice: true });
    expect(card.tiles.filter(({ value }) => value).map(({ id }) => id)).toEqual([
      'shock-therapy',
      'magnet',
      'pacing',
      'battery',
      'rv-lead',
      'shock-lead',
    ]);
    expect(card.lead).toMatchObject({ severity: 'check', title: { id: 'lead.shocks-counted' } });
    expect(card.episodes).toBe(2);

    // The patient is in the values, sealed; in clear the name is nowhere, nor is the name of the file.
    const values = JSON.stringify(await gateway.call('values', { accessId }));
    expect(values).toContain('Example, Rosalind');
    for (const secret of [NAME, 'Rosalind', 'PRACTICE-4420', '%PDF'])
      expect(everything(folder).includes(secret)).toBe(false);
    expect(JSON.stringify(await gateway.call('auditOfAccess', { accessId }))).not.toContain('Rosalind');

    await gateway.call('close', { accessId });
    expect((await gateway.call('startScan')).devices).toEqual([]);
    expect(auditOnDisk(folder)).toEqual(expect.arrayContaining(['readStarted', 'readComplete']));
  }, 60_000);

  it('is refused with a code when no driver knows it, when it is empty, and when it is too large', async () => {
    await expect(open('GIF89a')).rejects.toMatchObject({ kind: 'FILE_UNKNOWN' });
    await expect(open('')).rejects.toMatchObject({ kind: 'FILE_EMPTY' });
    await expect(open(Buffer.alloc(8 * 2 ** 20 + 1))).rejects.toMatchObject({ kind: 'FILE_TOO_LARGE' });
    expect((await world.gateway.call('startScan')).devices).toEqual([]);
  });

  it('that only looks like one ends as a refused read', async () => {
    const { gateway } = world;
    const row = await open('MSH|^~\\&|A||||1||ADT^A01|1|P|2.6\rPID|||x\r');
    const { accessId } = await gateway.call('breakGlass', {
      deviceId: row.id,
      reason: 'unresponsive',
      factor: { kind: 'pin', pin: PIN },
    });
    const document = await gateway.readingOf(accessId).ended;
    expect(document.completeness).toBe(v1.Completeness.COMPLETENESS_REFUSED);
    expect(gateway.readingOf(accessId).error?.kind).toBe('PROTOCOL_INVALID');
    await gateway.call('close', { accessId });
  }, 60_000);

  it('is forgotten when the tablet is locked', async () => {
    const { gateway } = world;
    await open(exported());
    const { people } = await gateway.call('lock');
    await gateway.call('unlock', { personId: people[0]!.id, factor: { kind: 'pin', pin: PIN } });
    expect((await gateway.call('startScan')).devices).toEqual([]);
  });

  it('is not opened in practice mode: it may be of a real patient', async () => {
    const practice = await tablet(true);
    try {
      await expect(practice.gateway.call('openFile', { name: 'a.hl7', content: 'TVNIfA==' })).rejects.toMatchObject({
        kind: 'FILE_IN_PRACTICE',
      });
    } finally {
      await practice.stop();
    }
  });
});
