import type { CommandName, Commands, Role } from '../api.js';

/**
 * Who may do what: roles against actions, and which action each command is. What is not listed is denied. Asked
 * once, before any command runs, whatever carried it. A device manager sees no patients, a privacy officer reads
 * no devices; in practice mode, where nobody is anybody's patient, those who look after the tablet may try it out.
 */

/** Before somebody has unlocked the tablet there is nobody. */
export type Subject = Role | 'nobody';

const CARE: readonly Subject[] = ['responder', 'clinician'];
const TECHNICAL: readonly Subject[] = ['device-manager', 'service'];
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
  'look-around': always([...CARE, ...TECHNICAL]),
  'break-glass': { real: CARE, practice: [...CARE, ...TECHNICAL] },
  'leave-glass': always(ANYBODY),
  'see-reading': { real: CARE, practice: [...CARE, ...TECHNICAL] },
  'see-trail': always(ROLES),
  // Practice makes no difference: the log of a tablet holds its real accesses too.
  'see-whole-trail': always(['privacy-officer']),
  'export-trail': always(['privacy-officer']),
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
  stopReading: 'see-reading',
  readAgain: 'see-reading',
  card: 'see-reading',
  values: 'see-reading',
  episodes: 'see-reading',
  strips: 'see-reading',
  strip: 'see-reading',
  trends: 'see-reading',
  access: 'see-reading',
  auditOfAccess: 'see-trail',
  close: 'see-reading',
};

/** What only a program in the same process can ask for: no carrier brings it. */
const TOOLS = {
  auditTrail: 'see-whole-trail',
  exportAudit: 'export-trail',
} as const satisfies Readonly<Record<string, Action>>;

export type ToolName = keyof typeof TOOLS;

/** Undefined for a tool that the matrix does not know. */
export function actionOfTool(tool: ToolName): Action | undefined {
  return Object.hasOwn(TOOLS, tool) ? TOOLS[tool] : undefined;
}

/** Undefined for a command that the matrix does not know. */
export function actionOf<N extends CommandName>(
  command: N,
  input: Commands[N]['in'],
  hasManager: boolean,
): Action | undefined {
  if (command === 'enrol') return enrolment((input as Commands['enrol']['in'] | undefined)?.role, hasManager);
  const commands: Readonly<Record<string, Action>> = COMMANDS;
  return Object.hasOwn(commands, command) ? commands[command] : undefined;
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

/** An emergency read belongs to the work of this role; others override a policy by it (HL7 ERTREAT, BTG). */
export function isProvisioned(role: Role): boolean {
  return CARE.includes(role);
}
