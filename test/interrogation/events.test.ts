import { rmSync } from 'node:fs';
import type { CommandName, Commands } from '@onebox/gateway/api.js';
import { EVENTS, type EventDefinition, type EventName } from '@onebox/gateway/audit/events.js';
import { INPUTS } from '@onebox/gateway/inputs.js';
import { startPracticeProviders } from '@onebox/simulation/practice/providers.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { everyCommand, type Inputs } from '../every-command.js';
import { QUICK } from './bench-top.js';
import { auditOnDisk, PIN, startTablet } from './tablet.js';

/** Commands that only show: no state changes, so nothing is recorded when they are allowed. */
const LOOKS = new Set<CommandName>([
  'status',
  'drivers',
  'card',
  'values',
  'episodes',
  'strip',
  'strips',
  'trends',
  'access',
  'auditOfAccess',
  'waitingRecords',
  'challengeFactor',
]);
/** As those, for who looks after the tablet. */
const LOOKS_OF_KEEPERS = new Set<CommandName>(['records', 'receipt', 'tabletInventory']);

/** The event of every command that changes something, and what a locked tablet records when it is tried there. */
const EVENT_OF: { readonly [N in CommandName]: { readonly done?: EventName; readonly locked?: EventName } } = {
  status: {},
  enrol: { done: 'enrolled', locked: 'enrolRefused' },
  unlock: { done: 'unlocked', locked: 'unlockFailed' },
  recover: { done: 'recoveryUsed', locked: 'unlockFailed' },
  endShift: { done: 'shiftEnded', locked: 'accessDenied' },
  openTierZero: { done: 'tierZeroOpened', locked: 'tierZeroRefused' },
  closeTierZero: { done: 'tierZeroClosed' },
  // An offer is no change: the factor that is added is.
  offerFactor: { locked: 'accessDenied' },
  challengeFactor: {},
  addFactor: { done: 'factorAdded', locked: 'accessDenied' },
  dispatcherCodes: { done: 'dispatcherCodesMade', locked: 'accessDenied' },
  lock: { done: 'locked' },
  drivers: { locked: 'accessDenied' },
  startScan: { done: 'scanStarted', locked: 'accessDenied' },
  stopScan: { done: 'scanStopped', locked: 'accessDenied' },
  // A row of the device list: the reading of it is under an access, as of any device.
  openFile: { locked: 'accessDenied' },
  breakGlass: { done: 'breakGlassOpened', locked: 'accessDenied' },
  // Leaving a sheet is never refused.
  cancelBreakGlass: { done: 'breakGlassCancelled', locked: 'breakGlassCancelled' },
  extendAccess: { done: 'accessExtended', locked: 'accessDenied' },
  stopReading: { done: 'readStopped', locked: 'accessDenied' },
  readAgain: { done: 'readStarted', locked: 'accessDenied' },
  confirmMatch: { done: 'patientMatchConfirmed', locked: 'accessDenied' },
  card: { locked: 'accessDenied' },
  values: { locked: 'accessDenied' },
  episodes: { locked: 'accessDenied' },
  strip: { locked: 'accessDenied' },
  strips: { locked: 'accessDenied' },
  trends: { locked: 'accessDenied' },
  access: { locked: 'accessDenied' },
  auditOfAccess: { locked: 'accessDenied' },
  waitingRecords: { locked: 'accessDenied' },
  // Of the officer: below.
  reviews: { done: 'reviewsViewed', locked: 'accessDenied' },
  decideReview: { done: 'reviewJustified', locked: 'accessDenied' },
  records: { locked: 'accessDenied' },
  eraseRecords: { done: 'erasureOrdered', locked: 'accessDenied' },
  receipt: { locked: 'accessDenied' },
  backUp: { done: 'backupMade', locked: 'accessDenied' },
  restore: { done: 'configurationRestored', locked: 'accessDenied' },
  setIdle: { done: 'idleTimeSet', locked: 'accessDenied' },
  tabletInventory: { locked: 'accessDenied' },
  decommission: { done: 'decommissioned', locked: 'accessDenied' },
  handOver: { done: 'exported', locked: 'accessDenied' },
  recordSeen: { done: 'deviceSeen', locked: 'accessDenied' },
  close: { done: 'accessClosed', locked: 'accessDenied' },
};

const NAMES = Object.keys(INPUTS) as CommandName[];
const READ: readonly EventName[] = ['linkUp', ...Array.from({ length: 6 }, () => 'phaseRead' as const)];

describe('every command and every change of state has exactly one event', () => {
  let practice: Awaited<ReturnType<typeof startPracticeProviders>>;
  let tablet: Awaited<ReturnType<typeof startTablet>>;
  let seen = 0;
  let deviceId = '';
  let personId = '';

  beforeAll(async () => {
    practice = await startPracticeProviders({ devices: ['icd'], radio: QUICK, rssiSwing: 0 });
    tablet = await startTablet({ providers: practice.providers });
    await news('applicationStarted', 'enrolled', 'unlocked', 'sealChainStarted');
    personId = (await tablet.gateway.call('status')).person!.id;
  });
  afterAll(async () => {
    rmSync(tablet.folder, { recursive: true, force: true });
    await practice.stop();
  });

  /** The events since the last look are these, in this order, and no other. */
  async function news(...expected: readonly EventName[]): Promise<void> {
    await vi.waitFor(() => expect(auditOnDisk(tablet.folder).slice(seen)).toEqual(expected), {
      timeout: 15_000,
      interval: 30,
    });
    seen += expected.length;
  }

  /** With a wrong PIN where one is asked for. */
  const inputs = (accessId: string): Inputs => {
    const wrong = '900913';
    return {
      ...everyCommand(deviceId, accessId, wrong),
      enrol: { displayName: 'Kim Lund', role: 'clinician', pin: PIN },
      unlock: { personId, factor: { kind: 'pin', pin: wrong } },
      recover: { personId: 'nobody', words: ['lamp'], pin: PIN },
      openFile: { name: 'a.hl7', content: '' },
    };
  };
  const call = <N extends CommandName>(name: N, input: Commands[N]['in']): Promise<unknown> =>
    (tablet.gateway.call as (name: N, input: Commands[N]['in']) => Promise<unknown>).call(tablet.gateway, name, input);

  it('the table knows every command of the router, and an event for each that changes something', () => {
    expect(Object.keys(EVENT_OF).sort()).toEqual([...NAMES].sort());
    for (const name of NAMES)
      if (name !== 'openFile' && name !== 'offerFactor')
        expect(EVENT_OF[name].done === undefined, name).toBe(LOOKS.has(name) || LOOKS_OF_KEEPERS.has(name));
  });

  it('from the scan to the close', async () => {
    const { gateway } = tablet;
    await call('enrol', inputs('').enrol);
    await news('enrolled');
    await gateway.call('offerFactor', { kind: 'passphrase', factor: { kind: 'pin', pin: PIN } });
    await news();
    await gateway.call('addFactor', { proof: { kind: 'passphrase', passphrase: 'nine slow barges' } });
    await news('factorAdded');
    ({ id: deviceId } = await tablet.heard(({ deviceClass }) => deviceClass === 'icd'));
    await news('scanStarted');
    await gateway.call('recordSeen', { deviceId });
    await news('deviceSeen');
    await gateway.call('cancelBreakGlass', { deviceId });
    await news('breakGlassCancelled');
    await expect(gateway.call('breakGlass', inputs('').breakGlass)).rejects.toMatchObject({ kind: 'FACTOR_WRONG' });
    await news('breakGlassRequested', 'breakGlassRefused');
    const { accessId } = await tablet.read(deviceId);
    await news('breakGlassRequested', 'breakGlassOpened', 'readStarted', ...READ, 'recordSealed', 'readComplete');
    for (const name of LOOKS) await call(name, inputs(accessId)[name]).catch(() => undefined);
    await news();
    const { serial = '' } = (await gateway.call('card', { accessId })).identity;
    await gateway.call('confirmMatch', { accessId, serialEnd: 'ZZZZ' });
    await news('patientMatchContradicted');
    await gateway.call('confirmMatch', { accessId, serialEnd: serial.slice(-4) });
    await news('patientMatchConfirmed');
    await gateway.call('handOver', { accessId });
    await news('exported');
    await expect(gateway.call('handOver', { accessId: '0'.repeat(32) })).rejects.toMatchObject({
      kind: 'ACCESS_UNKNOWN',
    });
    await news('handOverRefused');
    await expect(
      gateway.call('extendAccess', { accessId, factor: { kind: 'pin', pin: '900913' } }),
    ).rejects.toMatchObject({
      kind: 'FACTOR_WRONG',
    });
    await news('accessDenied');
    await gateway.call('extendAccess', { accessId, factor: { kind: 'pin', pin: PIN } });
    await news('accessExtended');
    await gateway.call('readAgain', { accessId });
    await gateway.call('stopReading', { accessId });
    await gateway.readingOf(accessId).ended;
    const stopped = auditOnDisk(tablet.folder).slice(seen);
    expect(stopped.filter((name) => ['readStarted', 'readStopped'].includes(name))).toEqual([
      'readStarted',
      'readStopped',
    ]);
    expect(stopped.every((name) => ['readStarted', ...READ, 'recordSealed', 'readStopped'].includes(name))).toBe(true);
    seen += stopped.length;
    await gateway.call('lock');
    await news('scanStopped', 'accessEnded', 'locked');
    await gateway.call('unlock', { personId, factor: { kind: 'pin', pin: PIN } });
    await news('unlocked', 'accessResumed');
    await gateway.call('close', { accessId });
    await news('recordErased', 'recordErased', 'accessClosed');
    await gateway.call('startScan');
    await news('scanStarted');
    await gateway.call('stopScan');
    await news('scanStopped');
    // What changes nothing says nothing.
    await gateway.call('stopScan');
    await news();
    await review(accessId);
    await gateway.call('endShift');
    await news('shiftEnded', 'locked');
    await gateway.call('openTierZero', { reason: 'unresponsive', witnessId: personId });
    await news('tierZeroOpened');
    await gateway.call('closeTierZero');
    await news('tierZeroClosed');
    await gateway.call('closeTierZero');
    await news();
  });

  /** A second person reviews what was read, and can do so once. */
  async function review(accessId: string): Promise<void> {
    const { gateway } = tablet;
    for (const role of ['device-manager', 'privacy-officer'] as const) {
      const { person } = await gateway.call('enrol', { displayName: role, role, pin: PIN });
      await news('enrolled');
      await gateway.call('unlock', { personId: person.id, factor: { kind: 'pin', pin: PIN } });
      await news('unlocked');
      if (role === 'device-manager') await keep();
    }
    await gateway.call('reviews');
    await news('reviewsViewed');
    const decide = () => gateway.call('decideReview', { accessId, decision: 'justified' });
    await decide();
    await news('reviewJustified');
    await expect(decide()).rejects.toMatchObject({ kind: 'REVIEW_STATE' });
    await news('reviewRefused');
  }

  /** What the device manager does with records and configuration. */
  async function keep(): Promise<void> {
    const { gateway } = tablet;
    const factor = { kind: 'pin', pin: PIN } as const;
    for (const name of LOOKS_OF_KEEPERS) await call(name, inputs('')[name]);
    await news();
    await gateway.call('setIdle', { minutes: 5, factor });
    await news('idleTimeSet');
    await gateway.call('eraseRecords', { order: { all: true }, factor });
    await news('erasureOrdered');
    const { file, words } = await gateway.call('backUp', { factor });
    await news('backupMade');
    await gateway.call('restore', { file, passphrase: words.join(' '), factor });
    await news('restoreOrdered', 'configurationRestored');
  }

  it.each(NAMES)('%s is tried on the locked tablet', async (name) => {
    await call(name, inputs('0'.repeat(32))[name]).catch(() => undefined);
    const { locked } = EVENT_OF[name];
    await news(...(locked === undefined ? [] : [locked]));
  });

  it('and the end of the program is one too', async () => {
    await tablet.gateway.dispose();
    await news('applicationStopped');
  });
});

describe('the codes of the catalogue', () => {
  /** Event ids and event type codes of DICOM PS3.15 A.5 and PS3.16 CID 400 and 401. */
  const IDS = new Set([110100, 110101, 110102, 110106, 110107, 110110, 110112, 110113, 110114]);
  const TYPES = new Set([
    ...Array.from({ length: 23 }, (_, at) => 110120 + at),
    ...Array.from({ length: 4 }, (_, at) => 110143 + at),
  ]);

  it('are of DICOM; what only DICOM has no type for has none', () => {
    const untyped: EventName[] = [];
    for (const [name, { dicom }] of Object.entries(EVENTS) as [EventName, EventDefinition][]) {
      expect(IDS.has(dicom.id), name).toBe(true);
      if (dicom.type === undefined) untyped.push(name);
      else expect(TYPES.has(dicom.type), name).toBe(true);
    }
    expect(untyped.filter((name) => /access|glass|lock|enrol|Started$/i.test(name))).toEqual([
      'sectionStarted',
      'scanStarted',
    ]);
  });
});
