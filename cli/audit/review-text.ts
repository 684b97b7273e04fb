import type { AuditRow, ReviewItem, ReviewList } from '@onebox/gateway/api.js';

const HOUR = 3_600_000;

/** The queue as lines for a terminal: what is to be decided first, by risk. */
export function listLines(list: ReviewList, now: number): string[] {
  const { pending, overdue, accesses, overrides, ordinary, forged, intact } = list;
  const width = (of: (item: ReviewItem) => string): number => Math.max(0, ...list.items.map((item) => of(item).length));
  const columns = [({ reference }: ReviewItem) => reference, who, (item: ReviewItem) => due(item, now)] as const;
  const widths = columns.map(width);
  return [
    `${pending} to decide, ${overdue} overdue · ${accesses} accesses, ${overrides} overrides, ${ordinary} ordinary${intact ? '' : ' · LOG NOT INTACT'}`,
    ...(forged > 0 ? [`${forged} DECISIONS DO NOT COUNT: made without the keys of this tablet`] : []),
    ...list.items.map((item) =>
      [
        ...columns.map((text, at) => text(item).padEnd(widths[at]!)),
        String(item.risk).padStart(4),
        item.practice ? 'PRACTICE' : undefined,
        signals(item),
      ]
        .filter((part) => part !== undefined)
        .join('  ')
        .trimEnd(),
    ),
  ];
}

/** One item with the records of its access, all times in UTC. */
export function itemLines(item: ReviewItem, rows: readonly AuditRow[]): string[] {
  const { reference, state, why, risk, role, reason, driver, deviceTail, seconds, reviewer, decidedAt, next } = item;
  return [
    `${reference}  ${state}${item.own ? '  your own: a second officer decides' : ''}`,
    `who      ${who(item)}${role ? `, ${role}` : ''}`,
    `when     ${time(item.at)}${seconds === undefined ? '' : `, open for ${seconds} s`}`,
    `device   ..${deviceTail}${driver ? `  ${driver}` : ''}`,
    ...(reason ? [`reason   ${reason}`] : []),
    `risk     ${risk}  ${why}: ${signals(item)}`,
    `due      ${time(item.dueAt)}${item.overdue ? '  OVERDUE' : ''}`,
    ...(decidedAt === undefined ? [] : [`decided  ${time(decidedAt)}  ${reviewer ?? '?'}`]),
    `next     ${next.join(', ') || 'nothing'}`,
    ...rows.map(
      ({ at, index, event, error, numbers }) =>
        `${time(at)}  #${index}  ${[event.replace(/^audit\./, ''), error, ...Object.entries(numbers).map(([name, value]) => `${name} ${value}`)].filter(Boolean).join(' · ')}`,
    ),
  ];
}

const who = ({ person, personTail }: ReviewItem): string => person ?? `..${personTail}`;
const signals = ({ signals: found, why }: ReviewItem): string => found.join(', ') || why;
const time = (at: number): string => new Date(at).toISOString().replace('T', ' ').slice(0, 19);

function due({ dueAt, overdue, state, next }: ReviewItem, now: number): string {
  if (next.length === 0) return state;
  const hours = Math.round(Math.abs(dueAt - now) / HOUR);
  return `${state}, ${overdue ? `${hours} h OVERDUE` : `due in ${hours} h`}`;
}
