import type { CommandName, Commands, Role } from '../api.js';

/**
 * Who may do what: roles against actions, and which action each command is. What is not listed is denied. Asked
 * once, before any command runs, whatever carried it. A device manager sees no patients, a privacy officer reads
 * no devices, but for the one exception that an emergency needs: both may override that (HL7 BTG), each time on the
 * record and reviewed, and see what they read by it themselves. In practice mode, where nobody is anybody's patient,
 * those who look after the tablet may try it out.
 */

/** Before somebody has unlocked the tablet there is nobody. */
export type Subject = Role | 'nobody';

const CARE: readonly Subject[] = ['responder', 'clinician'];
const TECHNICAL: readonly Subject[] = ['device-manager', 'service'];
/** People of the house who are not there to treat: they override. A technician of somebody else may not. */
const OVERRIDE: readonly Subject[] = ['privacy-officer', 'device-manager'];
const ROLES: readonly Subject[] = [...CARE, 'privacy-officer', ...TECHNICAL];
const ANYBODY: readonly Subject[] = [...ROLES, 'nobody'];

interface Row {
  readonly real: readonly Subject[];
  readonly practice: readonly Subject[];
}
const always = (who: readonly Subject[]): Row => ({ real: who, practice: who });

const MATRIX = {
  'see-status': always(ANYBODY),
  'sign-in': always(ANYBODY),
  lock: always(ANYBODY),
  // While somebody is there, what is around is looked at by the ordinary way.
  'tier-0': always(['nobody']),
  'end-shift': always(ROLES),
  'add-factor': always(ROLES),
  'make-codes': always(['device-manager']),
  // Nobody enrols on the first run only; AccessControl looks.
  'enrol-care': always([...CARE, 'device-manager', 'nobody']),
  'enrol-officer': always(['device-manager', 'nobody']),
  // A tablet whose first person is a responder must be able to get a device manager, once.
  'enrol-first-manager': always([...CARE, 'nobody']),
  'look-around': always(ROLES),
  'break-glass': { real: CARE, practice: [...CARE, ...TECHNICAL] },
  'override-glass': always(OVERRIDE),
  'leave-glass': always(ANYBODY),
  'see-reading': { real: CARE, practice: [...CARE, ...TECHNICAL] },
  // What they read by an override of their own.
  'see-override': { real: OVERRIDE, practice: [...CARE, ...OVERRIDE, ...TECHNICAL] },
  // Not by an override: what leaves the tablet is for those who treat.
  'hand-over': { real: CARE, practice: [...CARE, ...TECHNICAL] },
  'see-trail': always(ROLES),
  // Practice makes no difference: the log of a tablet holds its real accesses too.
  review: always(['privacy-officer']),
  'see-whole-trail': always(['privacy-officer']),
  'export-trail': always(['privacy-officer']),
  // Of the records: that they are there, and their end. Nobody of them sees what is in one.
  'see-records': always(['privacy-officer', 'device-manager']),
  'erase-records': always(['privacy-officer', 'device-manager']),
  decommission: always(['device-manager']),
  'back-up': always(['device-manager']),
  'set-up': always(['device-manager']),
} as const satisfies Readonly<Record<string, Row>>;

export type Action = keyof typeof MATRIX;

const COMMANDS: { readonly [N in Exclude<CommandName, 'enrol'>]: Action } = {
  status: 'see-status',
  unlock: 'sign-in',
  lock: 'lock',
  recover: 'sign-in',
  endShift: 'end-shift',
  openTierZero: 'tier-0',
  closeTierZero: 'leave-glass',
  offerFactor: 'add-factor',
  addFactor: 'add-factor',
  challengeFactor: 'sign-in',
  dispatcherCodes: 'make-codes',
  drivers: 'look-around',
  startScan: 'look-around',
  stopScan: 'look-around',
  recordSeen: 'look-around',
  openFile: 'break-glass',
  breakGlass: 'break-glass',
  cancelBreakGlass: 'leave-glass',
  extendAccess: 'see-reading',
  stopReading: 'see-reading',
  readAgain: 'see-reading',
  confirmMatch: 'see-reading',
  card: 'see-reading',
  values: 'see-reading',
  episodes: 'see-reading',
  strips: 'see-reading',
  strip: 'see-reading',
  trends: 'see-reading',
  access: 'see-reading',
  handOver: 'hand-over',
  auditOfAccess: 'see-trail',
  waitingRecords: 'see-trail',
  reviews: 'review',
  decideReview: 'review',
  records: 'see-records',
  eraseRecords: 'erase-records',
  receipt: 'see-records',
  backUp: 'back-up',
  restore: 'back-up',
  setIdle: 'set-up',
  tabletInventory: 'decommission',
  decommission: 'decommission',
  close: 'see-reading',
};

/** What a program in the same process can ask for directly; the two about the whole log no carrier brings. */
const TOOLS = {
  auditTrail: 'see-whole-trail',
  exportAudit: 'export-trail',
  recordList: 'see-records',
  eraseRecords: 'erase-records',
  decommission: 'decommission',
  backUp: 'back-up',
  restore: 'back-up',
} as const satisfies Readonly<Record<string, Action>>;

export type ToolName = keyof typeof TOOLS;

/** Undefined for a tool that the matrix does not know. */
export function actionOfTool(tool: ToolName): Action | undefined {
  return Object.hasOwn(TOOLS, tool) ? TOOLS[tool] : undefined;
}

/** What the person who asks has done before. */
interface Circumstances {
  /** Somebody on this tablet is a device manager. */
  readonly hasManager: boolean;
  /** The access that the command is about was opened by this person against the rule of the role. */
  readonly ownOverride?: boolean;
}

/** Undefined for a command that the matrix does not know. */
export function actionOf<N extends CommandName>(
  command: N,
  input: Commands[N]['in'],
  { hasManager, ownOverride = false }: Circumstances,
): Action | undefined {
  if (command === 'enrol') return enrolment((input as Commands['enrol']['in'] | undefined)?.role, hasManager);
  const commands: Readonly<Record<string, Action>> = COMMANDS;
  const action = Object.hasOwn(commands, command) ? commands[command] : undefined;
  if (command === 'breakGlass' && (input as Commands['breakGlass']['in'] | undefined)?.override === true)
    return 'override-glass';
  return action === 'see-reading' && ownOverride ? 'see-override' : action;
}

function enrolment(role: Role | undefined, hasManager: boolean): Action {
  if (role === 'device-manager' && !hasManager) return 'enrol-first-manager';
  return role !== undefined && CARE.includes(role) ? 'enrol-care' : 'enrol-officer';
}

export function isAllowed(who: Subject, action: Action | undefined, practice: boolean): boolean {
  if (action === undefined) return false;
  const row: Row = MATRIX[action];
  return (practice ? row.practice : row.real).includes(who);
}

/** Those who break the glass against the rule of their role. */
export function isOverride(role: Role): boolean {
  return OVERRIDE.includes(role);
}

/** An emergency read belongs to the work of this role; others override a policy by it (HL7 ERTREAT, BTG). */
export function isProvisioned(role: Role): boolean {
  return CARE.includes(role);
}
