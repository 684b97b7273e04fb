import type { CommandName, Commands } from '@onebox/gateway/api.js';

/** An input for every command, e.g. about one device and one access: the compiler keeps it whole. */
export type Inputs = { readonly [N in CommandName]: Commands[N]['in'] };

/** A good one of each; the person that it names does not exist. */
export function everyCommand(deviceId: string, accessId: string, pin: string): Inputs {
  const factor = { kind: 'pin', pin } as const;
  return {
    status: undefined,
    enrol: { displayName: 'Somebody', role: 'responder', pin },
    unlock: { personId: 'somebody', factor },
    recover: { personId: 'nobody', words: ['lamp'], pin },
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
    confirmMatch: { accessId, serialEnd: '0000' },
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
    records: undefined,
    eraseRecords: { order: { access: 'A-1999-1' }, factor },
    receipt: { entry: 0 },
    backUp: { factor },
    restore: { file: 'AAAA', passphrase: 'nine slow barges', factor },
    setIdle: { minutes: 5, factor },
    tabletInventory: undefined,
    // Of no tablet.
    decommission: { confirm: 'none', factor },
    handOver: { accessId },
    recordSeen: { deviceId },
    close: { accessId },
  };
}

/** Those that show or change what was read under an access. */
export const OF_A_READING = [
  'stopReading',
  'readAgain',
  'confirmMatch',
  'card',
  'values',
  'episodes',
  'trends',
  'strip',
  'strips',
  'handOver',
  'close',
] as const satisfies readonly CommandName[];
