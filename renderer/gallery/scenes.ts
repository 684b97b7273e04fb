import type { AccessSummary, Status } from '@onebox/gateway/api.js';
import type { Card } from '@onebox/gateway/card/model.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Session } from '../state/session.js';
import type { Answers, FakeGateway } from './fake-gateway.js';
import { MINUTE, NOW } from './fixtures/builders.js';
import {
  ACCESS_ID,
  generic,
  glucose,
  icd,
  lost,
  neurostimulator,
  oldValues,
  oximeter,
  pacemaker,
  pump,
  reading,
} from './fixtures/cards.js';
import {
  access,
  devices,
  drivers,
  equalRow,
  icdRow,
  list,
  makerRow,
  manyWays,
  person,
  status,
} from './fixtures/devices.js';
import { asManager, keeping } from './fixtures/keep.js';
import { auditRows, episodes, pleth, strip, stripEntries, trends, values } from './fixtures/record.js';
import { reviews } from './fixtures/reviews.js';
import { waiting } from './fixtures/waiting.js';

export interface Scene {
  readonly answers: Answers;
  /** Brings the screen into its state once the first answers are there. */
  readonly settle?: (session: Session, gateway: FakeGateway) => Promise<void> | void;
}

const base: Answers = {
  status,
  drivers,
  startScan: list,
  stopScan: list,
  access,
  values,
  episodes,
  strips: stripEntries,
  strip,
  trends,
  auditOfAccess: { rows: auditRows, intact: true, entries: 1284 },
  enrol: { person, recoveryWords: 'lamp river seven coat bridge owl north table green salt window paper'.split(' ') },
  offerFactor: {
    kind: 'one-time-code',
    secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
    uri: 'otpauth://totp/OneBox:A.%20Meyer?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=OneBox',
  },
  addFactor: status,
  unlock: status,
  recover: status,
  openTierZero: {
    rows: [
      {
        key: '0',
        transport: 'ble',
        deviceClass: 'icd',
        companyId: 208,
        company: 'Example, Inc.',
        match: 'likely',
        driver: 'onebox-native',
        signal: 'strong',
        practice: false,
      },
      { key: '1', transport: 'ble', deviceClass: 'generic', match: 'unknown', signal: 'weak', practice: false },
    ],
    endsAt: NOW + 10 * MINUTE,
    faults: [],
  },
  breakGlass: access,
  confirmMatch: { state: 'contradicted', by: 'serial-number' },
  handOver: {
    fileName: 'OneBox-A-2026-1187.obx',
    content: '',
    words: 'lantern tunnel carpet curtain willow helmet acorn train'.split(' '),
    values: 55,
    episodes: 3,
    strips: 2,
    trends: 3,
    leftOut: 0,
    practice: false,
    complete: true,
  },
  extendAccess: { ...access, extendable: false, endsAt: access.endsAt + 15 * MINUTE },
  close: { deleted: 62, closedAt: NOW, magnetUntil: NOW + 7 * MINUTE },
};

const withStatus = (change: Partial<Status>, more: Answers = {}): Scene => ({
  answers: { ...base, status: { ...status, ...change }, ...more },
});
const unwritten: Partial<Status> = {
  audit: { entries: 1284, intact: true, waiting: 2, error: new OneBoxError('AUDIT_WRITE').toJSON() },
};
const locked = { stage: 'locked' } as const;

const cardScene = (
  card: Card,
  change: Partial<AccessSummary> = {},
  statusChange: Partial<Status> = {},
  more: Answers = {},
): Scene => ({
  answers: {
    ...base,
    status: { ...status, ...statusChange },
    access: { ...access, deviceClass: card.identity.deviceClass, ...change },
    card,
    ...more,
  },
  settle: (session) => session.showAccess(ACCESS_ID),
});

/** A card from outside, as it stood at `now` (milliseconds since 1970): how `onebox driver card` draws one. */
export const givenCard = (card: Card, now: number): Scene =>
  cardScene(
    { ...card, accessId: ACCESS_ID },
    { openedAt: now - 10_000, endsAt: now + 15 * MINUTE },
    { practice: card.practice },
    { values: [], episodes: [], strips: [], trends: [] },
  );

const asking = (scene: Scene, row = icdRow): Scene => ({ ...scene, settle: (session) => session.choose(row) });

/** Every screen and state that can be looked at and tested without a gateway. */
export const scenes: Readonly<Record<string, Scene>> = {
  'first-run': withStatus({ stage: 'first-run', people: [] }),
  lock: withStatus(locked),
  'lock-not-ready': withStatus({
    ...locked,
    preflight: [{ transport: 'ble', name: 'hci0', usable: false, error: new OneBoxError('BLE_OFF').toJSON() }],
  }),
  'lock-ways': withStatus({ ...locked, ...manyWays }),
  devices: withStatus({}),
  'devices-empty': withStatus({}, { startScan: { devices: [], hidden: 0, scanning: true, faults: [] } }),
  'devices-fault': withStatus(
    { magnetUntil: NOW + 5 * MINUTE },
    { startScan: { ...list, scanning: false, faults: [new OneBoxError('BLE_OFF').toJSON()] } },
  ),
  'devices-practice': withStatus({ practice: true }),
  'devices-developer': withStatus({ developer: true }),
  glass: asking(withStatus({})),
  'glass-alike': {
    ...withStatus({}, { startScan: { ...list, devices: [icdRow, { ...icdRow, id: 'd6', serialTail: '4471' }] } }),
    settle: async (session) => {
      await session.scan();
      session.choose(icdRow);
    },
  },
  'glass-practice': asking(withStatus({ practice: true })),
  'glass-drivers': asking(withStatus({}), equalRow),
  'glass-ways': asking(withStatus(manyWays)),
  'glass-passphrase': asking(
    withStatus({ factors: [{ personId: person.id, kinds: ['passphrase', 'witness'], secondNeeded: false }] }),
  ),
  'glass-override': asking(withStatus({ override: true })),
  'card-unwritten': cardScene(icd, {}, unwritten, { waitingRecords: waiting }),
  'devices-unwritten': withStatus(unwritten, { waitingRecords: waiting }),
  'card-override': cardScene(icd, { override: true }),
  'card-override-practice': cardScene({ ...icd, practice: true }, { override: true }, { practice: true }),
  'card-ways': cardScene(icd, { endsAt: NOW + 100_000 }, manyWays),
  'card-extended': cardScene(icd, { extendable: false }),
  'glass-wrong': {
    answers: { ...base, breakGlass: new OneBoxError('FACTOR_WRONG') },
    settle: (session) => session.choose(icdRow),
  },
  card: cardScene(icd),
  'card-practice': cardScene({ ...icd, practice: true }, {}, { practice: true }),
  'card-developer': cardScene(icd, {}, { practice: true, developer: true }),
  'card-match': cardScene({ ...icd, patientMatch: { state: 'confirmed', by: 'serial-number' } }),
  'card-match-other': cardScene({ ...icd, patientMatch: { state: 'contradicted', by: 'serial-number' } }),
  'card-reading': cardScene(reading),
  'card-lost': cardScene(lost),
  'card-old': cardScene(oldValues),
  'card-two-minutes': cardScene(icd, { endsAt: NOW + 100_000 }),
  'card-ended': cardScene(icd, { state: 'ended', endsAt: NOW - 1_000 }),
  'card-pacemaker': cardScene(pacemaker),
  'card-pump': cardScene(pump),
  'card-neurostimulator': cardScene(neurostimulator),
  'card-oximeter': {
    ...cardScene(oximeter, {}, {}, { strips: [] }),
    settle: async (session, gateway) => {
      await session.showAccess(ACCESS_ID);
      gateway.send({ type: 'live', accessId: ACCESS_ID, strip: pleth });
    },
  },
  'card-glucose': cardScene(glucose),
  'card-generic': cardScene(generic),
  'card-no-episodes': cardScene(glucose, {}, {}, { episodes: [], strips: [], values: [] }),
  'handover-empty': cardScene(icd, {}, {}, { handOver: new OneBoxError('HANDOVER_EMPTY') }),
  'audit-broken': cardScene(icd, {}, {}, { auditOfAccess: { rows: auditRows, intact: false, entries: 1284 } }),
  unknown: {
    ...withStatus({}),
    settle: async (session) => {
      await session.scan();
      const row = devices[3];
      if (row) session.choose(row);
    },
  },
  'unknown-maker': {
    ...withStatus({}, { startScan: { ...list, devices: [makerRow, ...devices] } }),
    settle: async (session) => {
      await session.scan();
      session.choose(makerRow);
    },
  },
  'devices-maker': withStatus({}, { startScan: { ...list, devices: [...devices.slice(0, 2), makerRow] } }),
  reviews: { answers: { ...base, reviews, decideReview: reviews }, settle: (session) => session.showReviews() },
  'reviews-forged': {
    answers: { ...base, reviews: { ...reviews, forged: 2 } },
    settle: (session) => session.showReviews(),
  },
  'reviews-none': {
    answers: { ...base, reviews: { ...reviews, items: [], pending: 0, overdue: 0 } },
    settle: (session) => session.showReviews(),
  },
  'devices-manager': withStatus(asManager, keeping),
  over: {
    ...withStatus(asManager, keeping),
    settle: (session) => session.decommission('99d04417', { kind: 'pin', pin: '135791' }),
  },
  closed: { ...cardScene(icd), settle: (session) => session.close(ACCESS_ID) },
};
