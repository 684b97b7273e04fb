import type { TrailEntry } from '@onebox/gateway/exports/entry.js';
import type { AuditTrail } from '@onebox/gateway/exports/trail.js';

/** The audit trail as lines for a terminal, all times in UTC. */
export function trailLines({ intact, entries, sealedAt, rows }: AuditTrail): string[] {
  const seal = sealedAt === undefined ? '' : ` · last seal ${time(sealedAt)}`;
  const width = Math.max(0, ...rows.map(({ title }) => title.length));
  const number = String(rows.at(-1)?.index ?? 0).length + 1;
  return [
    `${intact ? 'Chain intact' : 'CHAIN NOT INTACT'} · ${entries} ${entries === 1 ? 'entry' : 'entries'}${seal}`,
    ...rows.flatMap((entry, at) => [
      ...clockJump(rows[at - 1], entry),
      `${time(entry.at)}  ${`#${entry.index}`.padStart(number)}  ${entry.title.padEnd(width)}  ${details(entry)}`.trimEnd(),
    ]),
  ];
}

/** 2026-11-22 14:32:07.911 */
const time = (at: number): string => (Number.isFinite(at) ? iso(at) : '?');
const iso = (at: number): string =>
  Math.abs(at) <= MAX_TIME ? new Date(at).toISOString().replace('T', ' ').slice(0, -1) : String(at);
const MAX_TIME = 8.64e15;

function details(entry: TrailEntry): string {
  const { practice, outcome, error, role, person, device, reason, purpose, transport, driver, completeness } = entry;
  return [
    practice ? 'PRACTICE' : undefined,
    outcome === 0 ? undefined : OUTCOMES[outcome],
    error,
    role,
    person && `person ${ending(person)}`,
    entry.secondPerson && `second person ${ending(entry.secondPerson)}`,
    device && `device ${ending(device)}`,
    entry.accessId && `access ${ending(entry.accessId)}`,
    reason,
    purpose,
    transport,
    driver && `driver ${driver.id} ${driver.version}`,
    completeness,
    ...Object.entries(entry.numbers).map(([name, value]) =>
      name === 'practice' ? undefined : `${words(name)} ${value}`,
    ),
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
}

const OUTCOMES = { 4: 'minor failure', 8: 'serious failure', 12: 'major failure' } as const;

/** Enough of a pseudonym to tell two apart. */
const ending = (id: string): string => `..${id.slice(-4)}`;

/** `bytesReceived` -> `bytes received` */
const words = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** Between two entries of one run the clock of the tablet went another way than the one that only counts. */
function clockJump(before: TrailEntry | undefined, after: TrailEntry): string[] {
  if (before === undefined || before.bootId !== after.bootId) return [];
  const jump = after.at - before.at - (after.monotonicMs - before.monotonicMs);
  if (Math.abs(jump) < NOTABLE_MS) return [];
  const seconds = Math.round(Math.abs(jump) / 1000);
  return [jump < 0 ? `clock set back ${seconds} s` : `clock ${seconds} s ahead: the tablet slept, or it was set`];
}

const NOTABLE_MS = 5000;
