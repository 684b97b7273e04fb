import { describe, expect, it } from 'vitest';
import type { CommandName, Commands } from '../api.js';
import { INPUTS } from '../inputs.js';
import { actionOf, actionOfTool, isAllowed, type Subject, type ToolName } from './matrix.js';

/** The matrix once more, as a reviewer reads it: R responder, C clinician, P privacy officer, D device manager, S service, N nobody. */
const EXPECTED: Readonly<Record<CommandName, { readonly real: string; readonly practice?: string }>> = {
  status: { real: 'RCPDSN' },
  unlock: { real: 'RCPDSN' },
  lock: { real: 'RCPDSN' },
  recover: { real: 'RCPDSN' },
  endShift: { real: 'RCPDS' },
  openTierZero: { real: 'N' },
  closeTierZero: { real: 'RCPDSN' },
  offerFactor: { real: 'RCPDS' },
  addFactor: { real: 'RCPDS' },
  challengeFactor: { real: 'RCPDSN' },
  dispatcherCodes: { real: 'D' },
  // Of a responder; other roles below.
  enrol: { real: 'RCDN' },
  drivers: { real: 'RCPDS' },
  startScan: { real: 'RCPDS' },
  stopScan: { real: 'RCPDS' },
  recordSeen: { real: 'RCPDS' },
  openFile: { real: 'RC', practice: 'RCDS' },
  breakGlass: { real: 'RC', practice: 'RCDS' },
  cancelBreakGlass: { real: 'RCPDSN' },
  extendAccess: { real: 'RC', practice: 'RCDS' },
  stopReading: { real: 'RC', practice: 'RCDS' },
  readAgain: { real: 'RC', practice: 'RCDS' },
  confirmMatch: { real: 'RC', practice: 'RCDS' },
  card: { real: 'RC', practice: 'RCDS' },
  values: { real: 'RC', practice: 'RCDS' },
  episodes: { real: 'RC', practice: 'RCDS' },
  strip: { real: 'RC', practice: 'RCDS' },
  strips: { real: 'RC', practice: 'RCDS' },
  trends: { real: 'RC', practice: 'RCDS' },
  access: { real: 'RC', practice: 'RCDS' },
  handOver: { real: 'RC', practice: 'RCDS' },
  waitingRecords: { real: 'RCPDS' },
  reviews: { real: 'P' },
  decideReview: { real: 'P' },
  records: { real: 'PD' },
  eraseRecords: { real: 'PD' },
  receipt: { real: 'PD' },
  backUp: { real: 'D' },
  restore: { real: 'D' },
  setIdle: { real: 'D' },
  tabletInventory: { real: 'D' },
  decommission: { real: 'D' },
  auditOfAccess: { real: 'RCPDS' },
  close: { real: 'RC', practice: 'RCDS' },
};
const SUBJECTS: readonly (readonly [string, Subject])[] = [
  ['R', 'responder'],
  ['C', 'clinician'],
  ['P', 'privacy-officer'],
  ['D', 'device-manager'],
  ['S', 'service'],
  ['N', 'nobody'],
];
const entry = { displayName: 'A', role: 'responder', pin: '402817' } as const;

const who = (command: CommandName, input: unknown, practice: boolean, hasManager = true, ownOverride = false): string =>
  SUBJECTS.filter(([, subject]) =>
    isAllowed(
      subject,
      actionOf(command, input as Commands[typeof command]['in'], { hasManager, ownOverride }),
      practice,
    ),
  )
    .map(([letter]) => letter)
    .join('');

describe('who may do what', () => {
  it('knows every command that a carrier can bring', () => {
    expect(Object.keys(EXPECTED).sort()).toEqual(Object.keys(INPUTS).sort());
  });

  it.each(Object.entries(EXPECTED))('%s', (command, { real, practice = real }) => {
    const input = command === 'enrol' ? entry : undefined;
    expect(who(command as CommandName, input, false)).toBe(real);
    expect(who(command as CommandName, input, true)).toBe(practice);
  });

  /** What no carrier brings. Practice makes no difference: a store of real accesses can be opened in it. */
  const TOOLS: Readonly<Record<ToolName, string>> = {
    auditTrail: 'P',
    exportAudit: 'P',
    recordList: 'PD',
    eraseRecords: 'PD',
    decommission: 'D',
    backUp: 'D',
    restore: 'D',
  };

  it('the log is for the privacy officer, the tablet for the device manager, in practice too', () => {
    for (const [tool, expected] of Object.entries(TOOLS))
      for (const practice of [false, true])
        expect([
          tool,
          SUBJECTS.filter(([, subject]) => isAllowed(subject, actionOfTool(tool as ToolName), practice))
            .map(([letter]) => letter)
            .join(''),
        ]).toEqual([tool, expected]);
    for (const tool of ['', 'constructor', '__proto__', 'card'])
      for (const [, subject] of SUBJECTS) expect(isAllowed(subject, actionOfTool(tool as ToolName), true)).toBe(false);
  });

  it('people of the house who do not treat may override, and see by it what they read themselves', () => {
    for (const practice of [false, true]) {
      expect(who('breakGlass', { override: true }, practice)).toBe('PD');
      expect(who('openFile', { override: true }, practice)).toBe(practice ? 'RCDS' : 'RC');
    }
    for (const command of ['card', 'values', 'close', 'extendAccess', 'readAgain', 'access'] as const) {
      expect(who(command, undefined, false, true, true)).toBe('PD');
      expect(who(command, undefined, true, true, true)).toBe('RCPDS');
    }
    // It opens nothing else, and hands nothing over.
    expect(who('handOver', undefined, false, true, true)).toBe('RC');
    expect(who('openFile', undefined, false, true, true)).toBe('RC');
  });

  it('only a device manager enrols those who look after the tablet, and the first of them anybody who treats', () => {
    const enrol = (role: unknown, hasManager: boolean) => who('enrol', { ...entry, role }, false, hasManager);
    for (const role of ['privacy-officer', 'device-manager', 'service']) expect(enrol(role, true)).toBe('DN');
    expect(enrol('device-manager', false)).toBe('RCN');
    for (const role of ['privacy-officer', 'service']) expect(enrol(role, false)).toBe('DN');
    for (const role of [undefined, 'owner', 'nobody', '__proto__']) expect(enrol(role, true)).toBe('DN');
  });

  it.each(['', 'constructor', '__proto__', 'toString', 'Card', 'export'])(
    'denies the unknown command %j',
    (command) => {
      expect(who(command as CommandName, undefined, true)).toBe('');
    },
  );
});
