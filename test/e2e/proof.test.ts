import { afterEach, beforeEach, expect, it } from 'vitest';
import { CARD_PIN, MODULE, noCards, SoftCards } from '../access/soft-cards.js';
import { lane, noWindow } from './lanes.js';
import { PIN, Responder } from './responder.js';
import { filesWith } from './store-folder.js';
import { appWindow } from './window.js';

const PASSPHRASE = 'Nine slow barges';
const ICD = ['--practice', '--practice-devices', 'icd'];
const REASON = 'Cardiac arrest or shock felt';

lane('a passphrase instead of a PIN, in the real window', noWindow, () => {
  const tablet = appWindow();

  it('enrols the first person, unlocks, breaks the glass and extends', async () => {
    const page = await tablet.start(ICD);
    const person = new Responder(page);
    const field = (name = 'Passphrase') => page.getByLabel(name, { exact: true });
    await person.press('Next');
    await person.press(/^Skip/);
    await page.getByRole('textbox', { name: 'Name' }).fill('A. Meyer');
    await page.getByText('Responder', { exact: true }).click();
    await person.press('Next');
    await person.press('Passphrase instead');
    const take = async (first: string, second: string): Promise<void> => {
      await field().fill(first);
      await field('The same passphrase again').fill(second);
      await person.press('Take this passphrase');
    };
    await take(PASSPHRASE, 'Nine slow barge');
    await page.getByText('The two differ. Enter it again.').waitFor();
    await take('too short', 'too short');
    await page.getByRole('alert').getByText('Not taken').waitFor();
    await take(PASSPHRASE, PASSPHRASE);
    await person.press('I wrote them down');
    await person.press('Start');
    await person.sees('Devices nearby');
    expect(await tablet.call('status')).toMatchObject({
      value: { factors: [{ kinds: ['passphrase', 'recovery-words'] }] },
    });

    await person.lock();
    expect(await page.getByRole('button', { name: '7', exact: true }).count()).toBe(0);
    await field().fill('nine slow barges');
    await person.press('Unlock');
    await page.getByRole('alert').getByText('Wrong PIN, passphrase or code').waitFor();
    await field().fill(PASSPHRASE);
    await field().press('Enter');
    await person.sees('Devices nearby');

    const sheet = await person.ask(/^ICD/);
    await field().fill(PASSPHRASE);
    // No reason yet: nothing is opened, and the sheet says so.
    await sheet.getByRole('button', { name: 'Open access' }).click();
    await sheet.getByText('Choose a reason.').waitFor();
    await page.getByText(REASON, { exact: true }).click();
    await sheet.getByRole('button', { name: 'Open access' }).click();
    await page.getByRole('tab', { name: 'Card' }).waitFor();

    await person.press(/Extend$/);
    await page.getByRole('dialog', { name: /^Extend this access/ }).waitFor();
    await field().fill(PASSPHRASE);
    await field().press('Enter');
    await page.getByRole('timer').waitFor();
    await tablet.end();
    expect(filesWith(tablet.folder, [PASSPHRASE])).toEqual([]);
  });

  it('is set beside a PIN, and then either does', async () => {
    const page = await tablet.start(ICD);
    const person = new Responder(page);
    await tablet.enrol({ displayName: 'A. Meyer', role: 'responder', pin: PIN });
    await person.unlock();
    await page.keyboard.press('F1');
    await person.press('People');
    await person.press('Set passphrase');
    await person.enterPin();
    for (const name of ['Passphrase', 'The same passphrase again'])
      await page.getByLabel(name, { exact: true }).fill(PASSPHRASE);
    await person.press('Take this passphrase');
    await page.getByText('The passphrase is yours.').waitFor();
    await tablet.call('lock');
    await page.reload();
    await person.press('Passphrase');
    await page.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
    await person.press('Unlock');
    await person.sees('Devices nearby');
    await person.lock();
    await person.unlock();
  });
});

lane('a smart card in the real window (PIV through PKCS#11, on SoftHSM)', noWindow ?? noCards, () => {
  const tablet = appWindow();
  let cards: SoftCards;
  beforeEach(() => {
    cards = new SoftCards();
    cards.make('card-a', 'ec');
  });
  afterEach(() => cards.remove());

  it('is enrolled, breaks the glass and extends; a wrong PIN of it and a card that is not there are said', async () => {
    const page = await tablet.start([...ICD, '--smart-card', MODULE]);
    const person = new Responder(page);
    const cardPin = page.getByLabel('PIN of the card');
    await tablet.enrol({ displayName: 'A. Meyer', role: 'responder', pin: PIN });
    await person.unlock();
    await page.keyboard.press('F1');
    await person.press('People');
    await person.press('Add smart card');
    await person.enterPin();
    await cardPin.fill(CARD_PIN);
    await person.press('Add smart card');
    await page.getByText('The card is yours.').waitFor();
    for (let sheet = 0; sheet < 2; sheet++) await person.press('Close');

    const sheet = await person.ask(/^ICD/);
    await person.press('Smart card');
    await page.getByText(REASON, { exact: true }).click();
    await cardPin.fill('999999');
    await person.press('Open access');
    await sheet.getByRole('alert').waitFor();
    await cardPin.fill(CARD_PIN);
    await person.press('Open access');
    await page.getByRole('tab', { name: 'Card' }).waitFor();

    await person.press(/Extend$/);
    const extend = page.getByRole('dialog', { name: /^Extend this access/ });
    await extend.getByRole('button', { name: 'Smart card' }).click();
    cards.unplug();
    await cardPin.fill(CARD_PIN);
    await extend.getByRole('button', { name: 'Extend', exact: true }).click();
    await extend.getByRole('alert').getByText(/card/i).first().waitFor();
    // The person goes on with the PIN.
    await extend.getByRole('button', { name: 'PIN instead' }).click();
    await person.enterPin();
    await page.getByRole('timer').waitFor();

    // It opens no keys: the lock screen asks for what does.
    await tablet.call('lock');
    await person.sees('Who are you?');
    expect(await page.getByRole('button', { name: 'Smart card' }).count()).toBe(0);
  });
});
