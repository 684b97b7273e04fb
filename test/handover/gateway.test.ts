import type { GatewayEvent } from '@onebox/gateway/api.js';
import { passphraseOf } from '@onebox/gateway/handover/code-words.js';
import { open } from '@onebox/gateway/handover/container.js';
import { startPracticeProviders } from '@onebox/simulation/practice/providers.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { QUICK } from '../interrogation/bench-top.js';
import { auditOnDisk, BreakableDisk, PIN, startTablet } from '../interrogation/tablet.js';

const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('utf8');

describe('handing an open access over', { timeout: 60_000 }, () => {
  const disk = new BreakableDisk();
  let practice: Awaited<ReturnType<typeof startPracticeProviders>>;
  let tablet: Awaited<ReturnType<typeof startTablet>>;
  let deviceId = '';

  beforeAll(async () => {
    practice = await startPracticeProviders({ devices: ['icd'], radio: QUICK, rssiSwing: 0 });
    tablet = await startTablet({ providers: practice.providers, files: disk });
    ({ id: deviceId } = await tablet.heard(({ deviceClass }) => deviceClass === 'icd'));
  });
  afterAll(async () => {
    disk.broken = () => false;
    await tablet.stop();
    await practice.stop();
  });

  const close = (accessId: string) => tablet.gateway.call('close', { accessId });
  const lastEvents = (count: number) => auditOnDisk(tablet.folder).slice(-count);

  it('gives one file with the card, both formats, the records of the access and the proof; PRACTICE in each', async () => {
    const { accessId } = await tablet.read(deviceId);
    const card = await tablet.gateway.call('card', { accessId });
    const given = await tablet.gateway.call('handOver', { accessId });
    expect(given.fileName).toMatch(/^PRACTICE-OneBox-A-\d{4}-\d+\.obx$/);
    expect(given).toMatchObject({ practice: true, complete: true, episodes: 3 });
    expect(given.words).toHaveLength(8);
    const { facts, files } = await open(Buffer.from(given.content, 'base64'), passphraseOf(given.words));
    expect([...files.keys()]).toEqual([
      'manifest.json',
      'bundle.fhir.json',
      'message.hl7',
      'card.txt',
      'audit.fhir.ndjson',
      'access.tlog-proof',
    ]);
    expect(facts).toMatchObject({ practice: true, state: 'complete', deviceClass: 'icd', values: given.values });
    expect(text(files.get('bundle.fhir.json'))).toContain('HTEST');
    expect(text(files.get('message.hl7')).split('\r')[0]).toContain('|T|2.6|');
    expect(text(files.get('card.txt'))).toContain('*** PRACTICE ***');
    expect(text(files.get('card.txt'))).toContain(card.identity.serial!);
    // One page of a printer.
    expect(text(files.get('card.txt')).split('\n').length).toBeLessThan(60);
    const events = text(files.get('audit.fhir.ndjson')).trim().split('\n');
    expect(events.length).toBeGreaterThan(8);
    for (const line of events) expect(line).toContain('HTEST');
    expect(text(files.get('access.tlog-proof'))).toMatch(/^c2sp\.org\/tlog-proof@v1\n/);
    // Words are made anew each time: an older file stays closed to them.
    const again = await tablet.gateway.call('handOver', { accessId });
    expect(again.words).not.toEqual(given.words);
    await expect(open(Buffer.from(given.content, 'base64'), passphraseOf(again.words))).rejects.toMatchObject({
      kind: 'HANDOVER_WORDS',
    });
    await close(accessId);
  });

  it('is on the disk before the file leaves: with a disk that refuses there is no file', async () => {
    const { accessId } = await tablet.read(deviceId);
    const { reference } = await tablet.gateway.call('access', { accessId });
    const before = auditOnDisk(tablet.folder).length;
    const given = tablet.gateway.call('handOver', { accessId }).then((answer) => {
      expect(lastEvents(1)).toEqual(['exported']);
      return answer;
    });
    expect((await given).fileName).toContain(reference);
    expect(auditOnDisk(tablet.folder)).toHaveLength(before + 1);
    disk.broken = (path) => path.includes('audit');
    await expect(tablet.gateway.call('handOver', { accessId })).rejects.toMatchObject({ kind: 'AUDIT_WRITE' });
    disk.broken = () => false;
    await vi.waitFor(async () => expect((await tablet.gateway.call('status')).audit.waiting).toBeUndefined(), {
      timeout: 10_000,
    });
    // Numbers and codes only, and who it was.
    const { rows } = await tablet.gateway.call('auditOfAccess', { accessId });
    const exported = rows.filter(({ event }) => event === 'audit.exported');
    expect(exported).toHaveLength(1);
    expect(exported[0]!.numbers).toMatchObject({ format: 7, episodes: 3, practice: 1 });
    await close(accessId);
  });

  it('an access that is over gives nothing, also when it ends while the file is being made', async () => {
    const { accessId } = await tablet.read(deviceId);
    const running = tablet.gateway.call('handOver', { accessId });
    running.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await close(accessId);
    await expect(running).rejects.toMatchObject({ kind: 'ACCESS_ENDED' });
    await expect(tablet.gateway.call('handOver', { accessId })).rejects.toMatchObject({ kind: 'ACCESS_ENDED' });
    const refused = () => auditOnDisk(tablet.folder).filter((name) => name === 'handOverRefused');
    await vi.waitFor(() => expect(refused().length).toBeGreaterThanOrEqual(2));
    await tablet.gateway.call('lock');
    await expect(tablet.gateway.call('handOver', { accessId })).rejects.toMatchObject({ kind: 'LOCKED' });
    const { people } = await tablet.gateway.call('status');
    await tablet.gateway.call('unlock', { personId: people[0]!.id, factor: { kind: 'pin', pin: PIN } });
  });

  it('before anything was read there is nothing to hand over', async () => {
    const { accessId } = await tablet.breakGlass(deviceId);
    await expect(tablet.gateway.call('handOver', { accessId })).rejects.toMatchObject({ kind: 'HANDOVER_EMPTY' });
    await vi.waitFor(() => expect(auditOnDisk(tablet.folder)).toContain('handOverRefused'));
    await tablet.gateway.readingOf(accessId).ended;
    await close(accessId);
  });

  it('while it is being read, it says what is not read yet', async () => {
    const { accessId } = await tablet.breakGlass(deviceId);
    await vi.waitFor(
      async () => expect((await tablet.gateway.call('card', { accessId })).read.read).toBeGreaterThan(3),
      {
        timeout: 10_000,
        interval: 5,
      },
    );
    const { content, words, complete } = await tablet.gateway.call('handOver', { accessId });
    const { files } = await open(Buffer.from(content, 'base64'), passphraseOf(words));
    if (!complete) expect(text(files.get('bundle.fhir.json'))).toMatch(/not read: [a-z]+, temp-unknown/);
    expect(complete).toBe(false);
    await tablet.gateway.readingOf(accessId).ended;
    await close(accessId);
  });

  it('the words are in no event that windows are told', () => {
    const told = JSON.stringify(tablet.events satisfies GatewayEvent[]);
    expect(told).not.toContain('"words"');
  });
});
