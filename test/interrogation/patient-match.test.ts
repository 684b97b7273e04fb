import { passphraseOf } from '@onebox/gateway/handover/code-words.js';
import { open } from '@onebox/gateway/handover/container.js';
import { route } from '@onebox/gateway/router.js';
import { startPracticeProviders } from '@onebox/simulation/practice/providers.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { QUICK } from './bench-top.js';
import { auditOnDisk, everything, startTablet } from './tablet.js';

describe('whose device it is', { timeout: 60_000 }, () => {
  let practice: Awaited<ReturnType<typeof startPracticeProviders>>;
  let tablet: Awaited<ReturnType<typeof startTablet>>;
  let deviceId = '';

  beforeAll(async () => {
    practice = await startPracticeProviders({ devices: ['icd'], radio: QUICK, rssiSwing: 0 });
    tablet = await startTablet({ providers: practice.providers });
    ({ id: deviceId } = await tablet.heard(({ deviceClass }) => deviceClass === 'icd'));
  });
  afterAll(async () => {
    await tablet.stop();
    await practice.stop();
  });

  const events = () => auditOnDisk(tablet.folder).filter((name) => name.startsWith('patientMatch'));
  const cardOf = (accessId: string) => tablet.gateway.call('card', { accessId });
  async function pageOf(
    accessId: string,
  ): Promise<{ readonly page: string; readonly hl7: string; readonly fhir: string }> {
    const { content, words } = await tablet.gateway.call('handOver', { accessId });
    const { files } = await open(Buffer.from(content, 'base64'), passphraseOf(words));
    const text = (name: string) => Buffer.from(files.get(name) ?? []).toString('utf8');
    return { page: text('card.txt'), hl7: text('message.hl7'), fhir: text('bundle.fhir.json') };
  }

  it('nobody has said: every form of the hand-over says so', async () => {
    const { accessId } = await tablet.read(deviceId);
    expect((await cardOf(accessId)).patientMatch).toEqual({ state: 'not-confirmed' });
    for (const text of Object.values(await pageOf(accessId))) expect(text).toContain('PATIENT MATCH: NOT CONFIRMED');
    await tablet.gateway.call('close', { accessId });
    expect(events()).toEqual([]);
  });

  it('the end of the number can be said before the device has given it, and is compared once it has', async () => {
    const { accessId } = await tablet.breakGlass(deviceId);
    expect(await tablet.gateway.call('confirmMatch', { accessId, serialEnd: '4417' })).toEqual({ state: 'waiting' });
    expect(events()).toEqual([]);
    await vi.waitFor(
      async () => expect((await cardOf(accessId)).patientMatch).toEqual({ state: 'confirmed', by: 'serial-number' }),
      { timeout: 10_000 },
    );
    await tablet.gateway.readingOf(accessId).ended;
    await vi.waitFor(() => expect(events()).toEqual(['patientMatchConfirmed']));
    for (const text of Object.values(await pageOf(accessId)))
      expect(text).toContain('PATIENT MATCH: CONFIRMED by the end of its serial number');
    await tablet.gateway.call('close', { accessId });
  });

  it('another number is said loudly, is reviewed, and a slip of the finger can be put right', async () => {
    const before = events().length;
    const { accessId } = await tablet.read(deviceId);
    const { gateway } = tablet;
    expect(await gateway.call('confirmMatch', { accessId, serialEnd: '4471' })).toMatchObject({
      state: 'contradicted',
    });
    expect((await pageOf(accessId)).page).toContain('PATIENT MATCH: CONTRADICTED');
    expect(events().slice(before)).toEqual(['patientMatchContradicted']);
    await gateway.call('confirmMatch', { accessId, serialEnd: '4417' });
    expect(events().slice(before)).toEqual(['patientMatchContradicted', 'patientMatchConfirmed']);
    await gateway.call('close', { accessId });
    await expect(gateway.call('confirmMatch', { accessId, serialEnd: '4417' })).rejects.toMatchObject({
      kind: 'ACCESS_ENDED',
    });
    // What was compared is nowhere, in clear or not.
    expect(everything(tablet.folder).includes('4471')).toBe(false);
  });

  it.each(['', '441', '44178', '44 7', '44‮7'])('%j is no end of a number', async (serialEnd) => {
    expect(await route(tablet.gateway, 'confirmMatch', { accessId: 'a', serialEnd })).toMatchObject({
      ok: false,
      error: { code: 'OB-430' },
    });
  });
});
