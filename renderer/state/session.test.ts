import { OneBoxError } from '@onebox/protocol/errors.js';
import { describe, expect, it } from 'vitest';
import { type Answers, FakeGateway } from '../gallery/fake-gateway.js';
import { ACCESS_ID, icd, lost } from '../gallery/fixtures/cards.js';
import { access, icdRow, list, status } from '../gallery/fixtures/devices.js';
import { Session } from './session.js';

const answers: Answers = {
  status,
  startScan: list,
  breakGlass: access,
  card: icd,
  access,
  lock: { ...status, stage: 'locked' },
  close: { deleted: 3, closedAt: 1 },
};

async function started(more: Answers = {}): Promise<{ session: Session; gateway: FakeGateway }> {
  const gateway = new FakeGateway({ ...answers, ...more });
  const session = new Session(gateway);
  await session.start();
  await Promise.resolve();
  return { session, gateway };
}

describe('Session', () => {
  it('goes from the list over the sheet to the card and to closed', async () => {
    const { session } = await started();
    expect(session.store.get().devices).toBe(list);
    session.choose(icdRow);
    expect(session.store.get().asking).toBe(icdRow);
    await session.breakGlass(icdRow, 'patient-agrees', { kind: 'pin', pin: '135791' });
    expect(session.store.get()).toMatchObject({ view: { kind: 'access', accessId: ACCESS_ID }, card: icd });
    expect(session.store.get().asking).toBeUndefined();
    await session.close(ACCESS_ID);
    expect(session.store.get()).toMatchObject({ view: { kind: 'closed', closed: { deleted: 3 } } });
    expect(session.store.get().card).toBeUndefined();
  });

  it('keeps the sheet when the PIN is wrong', async () => {
    const { session } = await started({ breakGlass: new OneBoxError('FACTOR_WRONG') });
    session.choose(icdRow);
    await expect(session.breakGlass(icdRow, 'patient-agrees', { kind: 'pin', pin: '135791' })).rejects.toThrow(
      'OB-503',
    );
    expect(session.store.get().asking).toBe(icdRow);
  });

  it('forgets all of the patient when the tablet is locked', async () => {
    const { session } = await started();
    await session.breakGlass(icdRow, 'patient-agrees', { kind: 'pin', pin: '135791' });
    await session.lock();
    const { card, access: open, devices } = session.store.get();
    expect([card, open, devices]).toEqual([undefined, undefined, undefined]);
  });

  it('comes back to an access that is open', async () => {
    const { session } = await started({ status: { ...status, openAccess: ACCESS_ID } });
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(session.store.get()).toMatchObject({ view: { kind: 'access' }, card: icd });
  });

  it('drops the fault of the link when the link is back, and keeps others', async () => {
    const { session, gateway } = await started();
    gateway.send({ type: 'card', card: lost });
    gateway.send({ type: 'fault', error: new OneBoxError('DRIVER_FINDING').toJSON() });
    gateway.send({ type: 'fault', error: new OneBoxError('LINK_LOST').toJSON() });
    expect(session.store.get().faults.map(({ code }) => code)).toEqual(['OB-101', 'OB-315']);
    gateway.send({ type: 'card', card: icd });
    expect(session.store.get().faults.map(({ code }) => code)).toEqual(['OB-315']);
  });

  it('shows an error of a command as a fault', async () => {
    const { session } = await started({ startScan: new OneBoxError('BLE_OFF') });
    expect(session.store.get().faults[0]).toMatchObject({ code: 'OB-111' });
  });

  it('says why the gateway could not be opened', async () => {
    const { session } = await started({ status: new OneBoxError('STORE_BUSY') });
    expect(session.store.get()).toMatchObject({ contact: 'refused', faults: [{ code: 'OB-620' }] });
  });

  it('has lost the gateway when its connection ended, whatever was asked meanwhile', async () => {
    const session = new Session(new FakeGateway({ ...answers, status: new OneBoxError('LINK_LOST') }));
    const starting = session.start();
    session.lost();
    await starting;
    expect(session.store.get().contact).toBe('lost');
  });

  it('goes through first run until the user ends it', async () => {
    const { session, gateway } = await started({
      status: { ...status, stage: 'first-run' },
      enrol: { person: access.person, recoveryWords: ['lamp'] },
    });
    gateway.answers = { ...gateway.answers, status };
    expect(await session.enrol('A. Meyer', 'responder', { pin: '135791' })).toEqual(['lamp']);
    expect(session.store.get()).toMatchObject({ setup: true, status: { stage: 'unlocked' } });
    await session.finishSetup();
    expect(session.store.get().setup).toBe(false);
  });
});
