import type { Reason, Role } from '../api.js';

/** What makes an access stand out for a reviewer. */
export type ReviewSignal =
  | 'override'
  | 'no-outcome'
  | 'off-shift'
  | 'other-patient'
  | 'many-people'
  | 'crash'
  | 'other-factor'
  | 'refused'
  | 'export'
  | 'recording'
  | 'wrong-factor'
  | 'repeated'
  | 'extended'
  | 'stopped';
export type ReviewDecision = 'justified' | 'questioned' | 'escalated' | 'closed';
export const REVIEW_DECISIONS: readonly ReviewDecision[] = ['justified', 'questioned', 'escalated', 'closed'];
export type ReviewState = 'open' | ReviewDecision;

/** One access, or a refused attempt at one, for review: codes, times and the ends of pseudonyms. */
export interface ReviewItem {
  readonly accessId: string;
  /** For people, e.g. `A-2026-1187`. */
  readonly reference: string;
  readonly state: ReviewState;
  /** Steps that may follow; none: done. */
  readonly next: readonly ReviewDecision[];
  readonly why: 'override' | 'failed' | 'unusual' | 'sampled';
  /** Heaviest first. */
  readonly signals: readonly ReviewSignal[];
  /** Sum of the weights of the signals. */
  readonly risk: number;
  /** Milliseconds since 1970, as all times here. */
  readonly at: number;
  readonly dueAt: number;
  readonly overdue: boolean;
  /** Of whoever looks: somebody else must decide. */
  readonly own: boolean;
  readonly practice: boolean;
  /** Name, while the person is enrolled. */
  readonly person?: string;
  readonly personTail: string;
  readonly role?: Role;
  readonly deviceTail: string;
  readonly reason?: Reason;
  readonly driver?: string;
  readonly openedAt?: number;
  readonly endedAt?: number;
  readonly seconds?: number;
  readonly decidedAt?: number;
  readonly reviewer?: string;
}

export interface ReviewList {
  /** To be decided by risk, then what was decided, newest first. */
  readonly items: readonly ReviewItem[];
  readonly pending: number;
  readonly overdue: number;
  /** Accesses that are over, and how many of them overrode a role. */
  readonly accesses: number;
  readonly overrides: number;
  /** Not in the queue: nothing stands out, and not of the sample. */
  readonly ordinary: number;
  readonly running: number;
  /** Decisions in the log that do not count: not made by an officer with the keys of this tablet. */
  readonly forged: number;
  readonly intact: boolean;
}
