import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EventName } from '@onebox/gateway/audit/events.js';
import type { LinkProvider, OpenOptions } from '@onebox/gateway/links/link.js';
import { isOneBoxError } from '@onebox/protocol/errors.js';
import { v1 } from '@onebox/protocol/messages.js';
import { startPracticeProviders } from '@onebox/simulation/practice/providers.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { QUICK } from './bench-top.js';
import { auditOnDisk, BreakableDisk, PIN, startTablet } from './tablet.js';

/** What was on the disk each time that a link was opened. */
interface Opening {
  readonly audit: readonly EventName[];
}

const isIcd = ({ deviceClass }: { readonly deviceClass: string }) => deviceClass === 'icd';

describe('nothing goes to a device before it is durable in the log', () => {
  let practice: Awaited<ReturnType<typeof startPracticeProviders>>;
  let tablet: Awaited<ReturnType<typeof startTablet>>;
  let openings: Opening[];
  const disk = new BreakableDisk();

  beforeEach(async () => {
    practice = await startPracticeProviders({ devices: ['icd'], radio: QUICK, rssiSwing: 0 });
    openings = [];
    const spied = practice.providers.map(
      (provider): LinkProvider => ({
        transport: provider.transport,
        preflight: () => provider.preflight(),
        scan: (listener) => provider.scan(listener),
        dispose: () => provider.dispose(),
        open: (id: string, options: OpenOptions) => {
          openings.push({ audit: auditOnDisk(tablet.folder) });
          return provider.open(id, options);
        },
      }),
    );
    tablet = await startTablet({ providers: spied, files: disk });
  });
  afterEach(async () => {
    disk.broken = () => false;
    await tablet.stop().catch(() => undefined);
    await practice.stop();
  });

  it('when the link is opened, the access and the read are on the disk, and after it nothing is missing', async () => {
    const { id } = await tablet.heard(isIcd);
    expect(openings).toEqual([]);
    const { accessId, document } = await tablet.read(id);
    expect(document.completeness).toBe(v1.Completeness.COMPLETENESS_COMPLETE);
    expect(openings).toHaveLength(1);
    const before = openings[0]?.audit ?? [];
    expect(before).toContain('scanStarted');
    expect(before.slice(-3)).toEqual(['breakGlassRequested', 'breakGlassOpened', 'readStarted']);
    await tablet.gateway.call('close', { accessId });
    const after = auditOnDisk(tablet.folder).slice(before.length);
    expect(after).toEqual([
      'linkUp',
      ...Array.from({ length: 6 }, () => 'phaseRead'),
      'recordSealed',
      'readComplete',
      'recordErased',
      'accessClosed',
    ]);
  });

  it('each further link and each further read has its records too', async () => {
    const { id } = await tablet.heard(isIcd);
    const { accessId, reading } = await tablet.read(id);
    await tablet.gateway.call('readAgain', { accessId });
    expect((await reading.ended).completeness).toBe(v1.Completeness.COMPLETENESS_COMPLETE);
    expect(openings[1]?.audit.at(-1)).toBe('readStarted');
    expect(openings[1]?.audit.filter((name) => name === 'readStarted')).toHaveLength(2);
  });

  it('a wrong PIN, a locked tablet, a missing reason: refused, recorded, and no link', async () => {
    const { id } = await tablet.heard(isIcd);
    await expect(tablet.breakGlass(id, { factor: { kind: 'pin', pin: '900913' } })).rejects.toMatchObject({
      kind: 'FACTOR_WRONG',
    });
    await expect(tablet.breakGlass(id, { reason: 'curious' as never })).rejects.toMatchObject({
      kind: 'REASON_MISSING',
    });
    await tablet.gateway.call('lock');
    await expect(tablet.breakGlass(id)).rejects.toMatchObject({ kind: 'LOCKED' });
    expect(openings).toEqual([]);
    expect(auditOnDisk(tablet.folder).filter((name) => name === 'breakGlassRefused').length).toBeGreaterThanOrEqual(2);
    expect(auditOnDisk(tablet.folder).at(-1)).toBe('accessDenied');
  });

  it('a log that cannot be written: AUDIT_WRITE, no link, and no data', async () => {
    const { id } = await tablet.heard(isIcd);
    disk.broken = (path) => path.includes('/audit/');
    await expect(tablet.breakGlass(id)).rejects.toMatchObject({ kind: 'AUDIT_WRITE' });
    expect(openings).toEqual([]);
    disk.broken = () => false;
    // It works again: so does reading.
    const { document } = await tablet.read(id);
    expect(document.completeness).toBe(v1.Completeness.COMPLETENESS_COMPLETE);
  });

  it('a log that breaks between the access and the read: the read is refused with AUDIT_WRITE, and no link', async () => {
    const { id } = await tablet.heard(isIcd);
    const { accessId } = await tablet.breakGlass(id);
    const reading = tablet.gateway.readingOf(accessId);
    await reading.ended;
    expect(openings).toHaveLength(1);
    disk.broken = (path) => path.includes('/audit/');
    await tablet.gateway.call('readAgain', { accessId });
    const document = await reading.ended;
    expect(reading.error?.kind).toBe('AUDIT_WRITE');
    expect(document).toMatchObject({ completeness: v1.Completeness.COMPLETENESS_REFUSED, linksOpened: 0 });
    expect(openings).toHaveLength(1);
    expect(reading.card().read).toMatchObject({ state: 'refused', error: 601 });
    disk.broken = () => false;
    await tablet.gateway.call('close', { accessId });
  });

  it('a log that breaks while a device is read: the read goes on, and its records are written when the disk takes them', async () => {
    const { id } = await tablet.heard(isIcd);
    const { accessId } = await tablet.breakGlass(id);
    disk.broken = (path) => path.includes('/audit/');
    const reading = tablet.gateway.readingOf(accessId);
    expect((await reading.ended).completeness).toBe(v1.Completeness.COMPLETENESS_COMPLETE);
    expect(auditOnDisk(tablet.folder)).not.toContain('readComplete');
    // It stands on the screen as long as something waits.
    expect((await tablet.gateway.call('status')).audit.error?.code).toBe('OB-601');
    const statuses = () =>
      tablet.events.flatMap((event) => (event.type === 'status' ? [event.status.audit.error] : []));
    expect(statuses().at(-1)?.code).toBe('OB-601');
    // Each waits as it will be written, so that a code on the screen can be found in the log later.
    const waiting = await tablet.gateway.call('waitingRecords');
    expect(waiting.map(({ event }) => event)).toContain('audit.readComplete');
    expect((await tablet.gateway.call('status')).audit.waiting).toBe(waiting.length);
    disk.broken = () => false;
    await tablet.gateway.call('close', { accessId });
    expect(await tablet.gateway.call('waitingRecords')).toEqual([]);
    const log = readdirSync(join(tablet.folder, 'audit')).map((name) =>
      readFileSync(join(tablet.folder, 'audit', name)),
    );
    for (const { code } of waiting)
      expect(log.some((bytes) => bytes.includes(Buffer.from(code.replace(/^OBAR1:/, ''), 'base64url')))).toBe(true);
    expect(statuses().at(-1)).toBeUndefined();
    const after = auditOnDisk(tablet.folder);
    expect(after.filter((name) => name === 'phaseRead')).toHaveLength(6);
    expect(after.indexOf('writtenLate')).toBeGreaterThan(after.indexOf('readComplete'));
    expect(after.indexOf('accessClosed')).toBeGreaterThan(after.indexOf('writtenLate'));
  });

  it('a record that cannot be kept: the access ends, and no link', async () => {
    const { id } = await tablet.heard(isIcd);
    disk.broken = (path) => path.includes('/records/');
    await expect(tablet.breakGlass(id)).rejects.toSatisfy((error) => isOneBoxError(error));
    expect(openings).toEqual([]);
    expect(auditOnDisk(tablet.folder).at(-1)).toBe('accessClosed');
  });

  it('one read of a device at a time, and none after close or lock', async () => {
    const { id } = await tablet.heard(isIcd);
    const both = await Promise.allSettled([tablet.breakGlass(id), tablet.breakGlass(id)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { kind: 'SESSION_RUNNING' } });
    const opened = both.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))[0]!;
    await expect(tablet.breakGlass(id)).rejects.toMatchObject({ kind: 'SESSION_RUNNING' });
    // Reading again and closing at the same moment: whoever is first, nothing is opened after the close.
    const again = tablet.gateway.call('readAgain', opened).catch(() => undefined);
    await tablet.gateway.call('close', opened);
    await again;
    const count = openings.length;
    await expect(tablet.gateway.call('readAgain', opened)).rejects.toMatchObject({ code: 508 });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(openings).toHaveLength(count);
    expect(
      auditOnDisk(tablet.folder)
        .filter((name) => name !== 'accessDenied')
        .at(-1),
    ).toBe('accessClosed');
  });

  it('lock in the middle of a read: the link closes, the data are covered; the same person finds them again', async () => {
    const { id } = await tablet.heard(isIcd);
    const { accessId, person } = await tablet.breakGlass(id);
    const reading = tablet.gateway.readingOf(accessId);
    await tablet.gateway.call('stopReading', { accessId });
    await reading.ended;
    const { state, read } = reading.card().read;
    expect(['stopped', 'complete']).toContain(state);
    await tablet.gateway.call('lock');
    const names = auditOnDisk(tablet.folder);
    expect(names).toContain('recordSealed');
    expect(names).not.toContain('recordErased');
    expect(names.slice(-2)).toEqual(['accessEnded', 'locked']);
    await expect(tablet.gateway.call('card', { accessId })).rejects.toMatchObject({ kind: 'LOCKED' });

    const status = await tablet.gateway.call('unlock', { personId: person.id, factor: { kind: 'pin', pin: PIN } });
    expect(status.openAccess).toBe(accessId);
    expect((await tablet.gateway.call('card', { accessId })).read).toMatchObject({ state, read });
    expect(auditOnDisk(tablet.folder)).toContain('accessResumed');
    await tablet.gateway.call('close', { accessId });
    expect(auditOnDisk(tablet.folder).slice(-2)).toEqual(['recordErased', 'accessClosed']);
  });

  it('lock, and somebody else unlocks: what was read is erased, and nobody finds it again', async () => {
    const { id } = await tablet.heard(isIcd);
    const other = { displayName: 'Sam Ode', role: 'clinician', pin: '913058' } as const;
    const second = (await tablet.gateway.call('enrol', other)).person;
    const { accessId, person } = await tablet.breakGlass(id);
    await tablet.gateway.readingOf(accessId).ended;
    await tablet.gateway.call('lock');
    const factor = { kind: 'pin', pin: other.pin } as const;
    expect((await tablet.gateway.call('unlock', { personId: second.id, factor })).openAccess).toBeUndefined();
    await expect.poll(() => auditOnDisk(tablet.folder)).toContain('accessClosed');
    expect(auditOnDisk(tablet.folder)).toContain('recordErased');
    const mine = { kind: 'pin', pin: PIN } as const;
    const status = await tablet.gateway.call('unlock', { personId: person.id, factor: mine });
    expect(status.openAccess).toBeUndefined();
    await expect(tablet.gateway.call('card', { accessId })).rejects.toMatchObject({ kind: 'ACCESS_ENDED' });
  });

  it('a read again is sealed in a record of its own, and both are erased', async () => {
    const { id } = await tablet.heard(isIcd);
    const { accessId } = await tablet.breakGlass(id);
    await tablet.gateway.readingOf(accessId).ended;
    await tablet.gateway.call('readAgain', { accessId });
    await tablet.gateway.readingOf(accessId).ended;
    await tablet.gateway.call('close', { accessId });
    const names = auditOnDisk(tablet.folder);
    expect(names.filter((name) => name === 'recordSealed')).toHaveLength(2);
    expect(names.filter((name) => name === 'recordErased')).toHaveLength(2);
  });
});
