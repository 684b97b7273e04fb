import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pkcs11Tool } from '@onebox/gateway/access/smart-card/pkcs11-tool.js';
import { Disk } from '@onebox/gateway/files/disk.js';
import { openStore, type Store } from '@onebox/gateway/store.js';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { onebox } from '../cli/run.js';
import { lane } from '../e2e/lanes.js';
import { CARD_PIN, MODULE, noCards, SoftCards } from './soft-cards.js';

// Each step of a card is a process.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const pin = { kind: 'pin', pin: '402817' } as const;
const wrongPin = { kind: 'pin', pin: '904417' } as const;
const REQUEST = {
  deviceKey: 'aa:bb:cc:dd:ee:ff',
  deviceClass: 'icd',
  driver: { id: 'onebox-native', version: '1.0.0' },
  transport: 'ble',
  reason: 'arrest-or-shock',
  practice: false,
} as const;
const card = (cardPin = CARD_PIN) => ({ kind: 'smart-card', cardPin }) as const;

lane('a smart card (PIV through PKCS#11, on SoftHSM)', noCards, () => {
  let cards: SoftCards;
  let data: string;
  let open: Store | undefined;
  let personId: string;
  beforeEach(async () => {
    cards = new SoftCards();
    data = mkdtempSync(join(tmpdir(), 'onebox-smart-card-'));
    await start();
    const enrolled = await open!.access.enrol({ displayName: 'A. Meyer', role: 'responder', pin: pin.pin });
    personId = enrolled.person.id;
  });
  afterEach(async () => {
    await open?.close();
    open = undefined;
    cards.remove();
    rmSync(data, { recursive: true, force: true });
  });

  async function start(module = MODULE, deadlineMs = 20_000): Promise<void> {
    await open?.close();
    open = await openStore(data, new Disk(), false, { smartCards: new Pkcs11Tool({ module, deadlineMs }) });
  }
  async function enrolCard(): Promise<void> {
    await open!.access.offerFactor('smart-card', pin);
    await open!.access.addFactor(card());
  }
  const unlock = (cardPin?: string) => open!.access.unlock(personId, pin, card(cardPin));

  it.each(['ec', 'rsa'] as const)('with a key of kind %s begins a shift beside the PIN', async (kind) => {
    cards.make('card-a', kind);
    await enrolCard();
    await start();
    expect(open!.access.factors[0]?.kinds).toContain('smart-card');
    await expect(open!.access.unlock(personId, card())).rejects.toMatchObject({ kind: 'FACTOR_MISSING' });
    await unlock();
    expect(open!.access.stage).toBe('unlocked');
  });

  it('whose PIN is wrong says so; a wrong PIN of the tablet does not reach it', async () => {
    cards.make('card-a', 'ec');
    await enrolCard();
    await start();
    await expect(open!.access.unlock(personId, wrongPin, card('999999'))).rejects.toMatchObject({
      kind: 'FACTORS_WRONG',
    });
    const tool = new Pkcs11Tool({ module: MODULE });
    expect((await tool.list())[0]?.pin).toBe('free');
    await expect(unlock('999999')).rejects.toMatchObject({ kind: 'CARD_PIN_WRONG', code: 556 });
    expect((await tool.list())[0]?.pin).toBe('low');
    expect(open!.access.stage).toBe('locked');
    await unlock();
  });

  it('is a fresh factor within the shift: it breaks the glass and extends', async () => {
    cards.make('card-a', 'ec');
    await enrolCard();
    const request = { ...REQUEST, personId };
    await expect(open!.access.breakGlass({ ...request, factor: card('999999') })).rejects.toMatchObject({
      kind: 'CARD_PIN_WRONG',
    });
    const { accessId } = await open!.access.breakGlass({ ...request, factor: card() });
    expect(await open!.access.extend(accessId, card())).toMatchObject({ state: 'open' });
  });

  it('is found among others, and nobody else’s card stands for it', async () => {
    cards.make('card-a', 'ec');
    await enrolCard();
    cards.make('card-b', 'rsa');
    await expect(open!.access.offerFactor('smart-card', pin)).rejects.toMatchObject({ kind: 'CARD_SEVERAL' });
    await start();
    await unlock();
    await open!.access.endShift();
    cards.unplug();
    await expect(unlock()).rejects.toMatchObject({ kind: 'CARD_ABSENT', code: 551 });
    cards.make('card-a', 'ec');
    await expect(unlock()).rejects.toMatchObject({ kind: 'CARD_ABSENT' });
  });

  it('without a key of PIV is not enrolled, nor with a wrong PIN', async () => {
    cards.make('blank', 'none');
    await open!.access.offerFactor('smart-card', pin);
    await expect(open!.access.addFactor(card())).rejects.toMatchObject({ kind: 'CARD_UNFIT', code: 553 });
    cards.unplug();
    await expect(open!.access.offerFactor('smart-card', pin)).rejects.toMatchObject({ kind: 'CARD_ABSENT' });
    cards.make('card-a', 'ec');
    await open!.access.offerFactor('smart-card', pin);
    await expect(open!.access.addFactor(card('999999'))).rejects.toMatchObject({ kind: 'CARD_PIN_WRONG' });
    expect(open!.access.factors[0]?.kinds).not.toContain('smart-card');
  });

  it('that is locked, or has one try left, is not tried', async () => {
    cards.make('card-a', 'ec');
    await enrolCard();
    await start(cards.faulty);
    await unlock();
    for (const [fault, kind] of [
      ['locked', 'CARD_LOCKED'],
      ['last', 'CARD_LAST_TRY'],
      ['locks', 'CARD_LOCKED'],
    ] as const) {
      await open!.access.endShift();
      cards.setEnvironment(fault);
      await expect(unlock(), fault).rejects.toMatchObject({ kind });
      cards.setEnvironment();
      await unlock();
    }
  });

  it('that is pulled out in the middle, and a module that hangs or crashes, end in an error and nothing else', async () => {
    cards.make('card-a', 'ec');
    await enrolCard();
    await start(cards.faulty, 3_000);
    for (const [fault, kind] of [
      ['removed', 'CARD_ABSENT'],
      ['hang', 'CARD_SILENT'],
      ['crash', 'CARD_SILENT'],
    ] as const) {
      cards.setEnvironment(fault);
      await expect(unlock(), fault).rejects.toMatchObject({ kind });
      expect(open!.access.stage).toBe('locked');
    }
    cards.setEnvironment();
    await unlock();
  });

  it('is enrolled and shown on the command line', async () => {
    cards.make('card-a', 'ec');
    const folder = join(cards.folder, 'store');
    const words = join(cards.folder, 'words');
    const officer = ['--name', 'O. Keysmith', '--role', 'privacy-officer', '--pin-stdin', '--json', '--data', folder];
    const enrolled = await onebox(['enrol', ...officer], { input: `${pin.pin}\n` });
    writeFileSync(words, enrolled.json<{ recoveryWords: string[] }>().recoveryWords.join(' '));
    const who = ['--person', 'O. Keysmith', '--pin-stdin', '--json', '--data', folder, '--smart-card', MODULE];
    const input = `${pin.pin}\n${CARD_PIN}\n`;
    const added = await onebox(['factor', 'smart-card', ...who, '--words-file', words], { input });
    expect(added.json()).toMatchObject({ kinds: expect.arrayContaining(['pin', 'smart-card']) });
    const shown = await onebox(['audit', 'show', ...who, '--card'], { input });
    expect([shown.code, shown.stderr.includes(CARD_PIN)]).toEqual([0, false]);
    const wrong = await onebox(['audit', 'show', ...who, '--card'], { input: `${pin.pin}\n999999\n` });
    expect(wrong.json()).toMatchObject({ error: { kind: 'CARD_PIN_WRONG' } });
  });

  it('without a module or the tool is said to be unusable', async () => {
    cards.make('card-a', 'ec');
    await enrolCard();
    await start(join(data, 'no-module.so'));
    await expect(unlock()).rejects.toMatchObject({ kind: 'CARD_MODULE', code: 550 });
    const none = new Pkcs11Tool({ module: MODULE, command: join(data, 'no-tool') });
    await expect(none.list()).rejects.toMatchObject({ kind: 'CARD_MODULE' });
    const here = [new Pkcs11Tool({ module: MODULE }), none, new Pkcs11Tool({ module: join(data, 'no-module.so') })];
    expect(await Promise.all(here.map((tool) => tool.isThere()))).toEqual([true, false, false]);
    await open!.access.unlock(personId, pin, { kind: 'recovery-words', words: ['x'] }).catch((error: unknown) => {
      expect(error).toMatchObject({ kind: 'FACTORS_WRONG' });
    });
  });
});
