import type { CommandName } from '@onebox/gateway/api.js';
import { factor } from './victim.js';

/** A good input for every command, about one device and one access: the compiler keeps it whole. */
export const everyCommand = (deviceId: string, accessId: string): { readonly [N in CommandName]: unknown } => ({
  status: undefined,
  enrol: { displayName: 'Somebody', role: 'responder', pin: factor.pin },
  unlock: { personId: 'somebody', factor },
  recover: { personId: 'nobody', words: ['lamp'], pin: factor.pin },
  endShift: undefined,
  openTierZero: { reason: 'unresponsive', witnessId: 'nobody' },
  closeTierZero: undefined,
  offerFactor: { kind: 'one-time-code', factor },
  challengeFactor: { personId: 'nobody', kind: 'security-key' },
  addFactor: { proof: { kind: 'one-time-code', code: '123456' } },
  dispatcherCodes: { factor },
  lock: undefined,
  drivers: undefined,
  startScan: undefined,
  stopScan: undefined,
  openFile: { name: 'a.hl7', content: 'TVNI' },
  breakGlass: { deviceId, reason: 'unresponsive', factor },
  cancelBreakGlass: { deviceId },
  extendAccess: { accessId, factor },
  stopReading: { accessId },
  readAgain: { accessId },
  card: { accessId },
  values: { accessId },
  episodes: { accessId },
  trends: { accessId },
  strip: { accessId, stripId: 'live' },
  strips: { accessId },
  access: { accessId },
  auditOfAccess: { accessId },
  waitingRecords: undefined,
  reviews: undefined,
  decideReview: { accessId, decision: 'justified' },
  recordSeen: { deviceId },
  close: { accessId },
});

/** Those that show or change what was read under an access. */
export const OF_A_READING = [
  'stopReading',
  'readAgain',
  'card',
  'values',
  'episodes',
  'trends',
  'strip',
  'strips',
  'close',
] as const satisfies readonly CommandName[];
