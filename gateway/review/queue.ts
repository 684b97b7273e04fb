import type { PersonSummary, Reason, Role } from '../api.js';
import { REASON_NUMBERS, ROLE_NUMBERS } from '../audit/events.js';
import { isDriverId, isDriverVersion } from '../audit/record.js';
import type { Case, Decision } from './cases.js';
import type { ReviewDecision, ReviewItem, ReviewList, ReviewState } from './model.js';
import { Neighbours, signalsOf, WEIGHTS, whyReviewed } from './signals.js';

/** Time for a review, from the beginning of the access. */
const REVIEW_HOURS = 72;
const HOUR = 3_600_000;

/** The way of an item. What is justified or closed is done. */
export const NEXT_STEPS: Readonly<Record<ReviewState, readonly ReviewDecision[]>> = {
  open: ['justified', 'questioned'],
  questioned: ['escalated', 'closed'],
  escalated: ['closed'],
  justified: [],
  closed: [],
};

/** What decisions are judged by. */
export interface Judge {
  /** The keys of this tablet made this decision, as this step of the item. */
  readonly holds: (accessId: string, decision: Decision, step: number) => boolean;
  /** Whom a pseudonym of any site key stands for, while that person is enrolled. */
  readonly personOf: (pseudonym: string) => PersonSummary | undefined;
}

interface QueueView extends Judge {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Accesses of a run with simulated devices, or real ones: never both. */
  readonly practice: boolean;
  /** Id of the person who looks. */
  readonly reviewer: string;
  /** The log has no damage that is known. */
  readonly intact: boolean;
}

/**
 * The queue of the reviewers: made of the log and nothing else, so that it can be thrown away and made again. What is
 * to be decided comes first, by risk, then by age; what was decided follows, newest first.
 */
export function queueOf(cases: readonly Case[], view: QueueView): ReviewList {
  const mine = cases.filter(({ practice, mergedInto }) => practice === view.practice && mergedInto === undefined);
  const over = mine.filter(({ endedAt }) => endedAt !== undefined);
  const neighbours = new Neighbours(mine);
  const items: ReviewItem[] = [];
  let forged = 0;
  for (const one of over) {
    const signals = signalsOf(one, neighbours);
    const why = whyReviewed(one, signals);
    const steps = stepsOf(one, view);
    forged += one.decisions.length - steps.length;
    if (why === undefined) continue;
    items.push(itemOf(one, why, signals, steps, view));
  }
  const pending = items.filter(({ state }) => NEXT_STEPS[state].length > 0).sort(byRisk);
  const done = items.filter(({ state }) => NEXT_STEPS[state].length === 0).sort((a, b) => b.at - a.at);
  return {
    items: [...pending, ...done],
    pending: pending.length,
    overdue: pending.filter(({ overdue }) => overdue).length,
    accesses: over.filter(({ openedAt }) => openedAt !== undefined).length,
    overrides: over.filter(({ openedAt, override }) => override && openedAt !== undefined).length,
    ordinary: over.length - items.length,
    running: mine.length - over.length,
    forged,
    intact: view.intact,
  };
}

const byRisk = (a: ReviewItem, b: ReviewItem): number => b.risk - a.risk || a.dueAt - b.dueAt || a.at - b.at;

/** The decisions that count: by an officer who is somebody else, in order, after the end, and made with the keys of the tablet. */
export function stepsOf(one: Case, { holds, personOf }: Judge): readonly Decision[] {
  const who = (pseudonym: string): string => personOf(pseudonym)?.id ?? pseudonym;
  const steps: Decision[] = [];
  let state: ReviewState = 'open';
  for (const decision of one.decisions) {
    const counts =
      decision.role === ROLE_NUMBERS['privacy-officer'] &&
      decision.reviewer !== '' &&
      who(decision.reviewer) !== who(one.person) &&
      NEXT_STEPS[state].includes(decision.decision) &&
      holds(one.accessId, decision, steps.length);
    if (!counts) continue;
    steps.push(decision);
    state = decision.decision;
  }
  return steps;
}

function itemOf(
  one: Case,
  why: ReviewItem['why'],
  signals: ReviewItem['signals'],
  steps: readonly Decision[],
  view: QueueView,
): ReviewItem {
  const last = steps.at(-1);
  const state: ReviewState = last?.decision ?? 'open';
  const dueAt = one.at + REVIEW_HOURS * HOUR;
  const person = view.personOf(one.person);
  const reviewer = last && view.personOf(last.reviewer);
  const role = keyOf(ROLE_NUMBERS, one.role) as Role | undefined;
  const reason = keyOf(REASON_NUMBERS, one.reason) as Reason | undefined;
  return {
    accessId: one.accessId,
    reference: `A-${new Date(one.openedAt ?? one.at).getUTCFullYear()}-${one.openedIndex ?? one.requestIndex}`,
    state,
    next: NEXT_STEPS[state],
    why,
    signals,
    risk: signals.reduce((sum, signal) => sum + WEIGHTS[signal], 0),
    at: one.at,
    dueAt,
    overdue: NEXT_STEPS[state].length > 0 && view.now > dueAt,
    own: person?.id === view.reviewer,
    personTail: one.person.slice(-4),
    deviceTail: one.device.slice(-4),
    practice: one.practice,
    ...(person === undefined ? {} : { person: person.displayName }),
    ...(role === undefined ? {} : { role }),
    ...(reason === undefined ? {} : { reason }),
    ...(isDriver(one.driver) ? { driver: `${one.driver.id} ${one.driver.version}` } : {}),
    ...(one.openedAt === undefined ? {} : { openedAt: one.openedAt, seconds: one.seconds }),
    ...(one.endedAt === undefined ? {} : { endedAt: one.endedAt }),
    ...(last === undefined ? {} : { decidedAt: last.at }),
    ...(reviewer === undefined ? {} : { reviewer: reviewer.displayName }),
  };
}

/** A record that somebody forged may hold anything. */
const isDriver = (driver: Case['driver']): driver is NonNullable<Case['driver']> =>
  driver !== undefined && isDriverId(driver.id) && isDriverVersion(driver.version);

function keyOf(numbers: Readonly<Record<string, number>>, wanted: number): string | undefined {
  return Object.keys(numbers).find((key) => numbers[key] === wanted);
}
