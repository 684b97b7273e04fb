import type { v1 } from '@onebox/protocol/audit-messages.js';
import { ACCESS_STARTS, ACCESS_STOPS, EVENTS, type EventName, eventByNumber, FACTOR_NUMBERS } from '../audit/events.js';
import { leafHash } from '../audit/merkle.js';
import type { ReviewDecision } from './model.js';

/** What one decision of a reviewer says of itself. Whether it counts is judged where the queue is made. */
export interface Decision {
  readonly decision: ReviewDecision;
  readonly index: number;
  readonly at: number;
  /** Pseudonym in hex. */
  readonly reviewer: string;
  readonly role: number;
  readonly seal: Uint8Array;
}

/** One attempt at an access as the log tells it, from the request on. */
export interface Case {
  /** 16 bytes in hex. */
  readonly accessId: string;
  /** Of the record that began it. */
  readonly requestIndex: number;
  readonly at: number;
  /** Pseudonyms in hex. */
  readonly person: string;
  readonly device: string;
  readonly role: number;
  readonly reason: number;
  readonly practice: boolean;
  readonly override: boolean;
  factors: readonly number[];
  driver: { readonly id: string; readonly version: string } | undefined;
  /** Hours since the person had unlocked the tablet; undefined: the log does not say. */
  readonly shiftHours: number | undefined;
  openedIndex: number | undefined;
  openedAt: number | undefined;
  /** Bytes of the leaf hash of its start: nobody can choose them. */
  hash: Uint8Array | undefined;
  endedAt: number | undefined;
  /** Number of the error. */
  refused: number | undefined;
  recovered: boolean;
  extended: number;
  seconds: number;
  deleted: number | undefined;
  /** How its reads ended. */
  complete: number;
  partial: number;
  notRead: number;
  stopped: number;
  exports: number;
  recordings: number;
  /** Refused attempts of the same person at the same device just before; they are reviewed with this one. */
  triesBefore: number;
  /** The serial number that was compared last is not that of the patient's card. */
  contradicted: boolean;
  /** Reviewed with the access that followed. */
  mergedInto: string | undefined;
  decisions: Decision[];
}

const HOUR = 3_600_000;
/** A refused attempt and an access that follows within this time are one matter. */
const TOGETHER_MS = 15 * 60_000;

/** Events of the reviewers' steps. */
export const DECISION_EVENTS = {
  justified: 'reviewJustified',
  questioned: 'reviewQuestioned',
  escalated: 'reviewEscalated',
  closed: 'reviewClosed',
} as const satisfies Readonly<Record<ReviewDecision, EventName>>;
const DECISIONS = new Map<number, ReviewDecision>(
  Object.entries(DECISION_EVENTS).map(([decision, event]) => [EVENTS[event].number, decision as ReviewDecision]),
);

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** The accesses of a log, put together record by record: the same from any starting point. */
export class Cases {
  private readonly cases = new Map<string, Case>();
  private readonly unlocks = new Map<string, number>();
  /** Refused attempts that nothing has followed yet, by person and device. */
  private readonly refusals = new Map<string, Case[]>();
  private size = 0;

  /** Index of the record that is to follow. */
  get next(): number {
    return this.size;
  }

  get all(): readonly Case[] {
    return [...this.cases.values()];
  }

  get(accessId: string): Case | undefined {
    return this.cases.get(accessId);
  }

  /** The next record of the log, and its bytes. What was followed before is passed over. */
  follow(record: v1.AuditRecord, body: Uint8Array): void {
    if (record.index < this.size) return;
    this.size = record.index + 1;
    const event = eventByNumber(record.event);
    if (event === undefined) return;
    if (event === 'unlocked') this.unlocks.set(hex(record.person), record.unixMs);
    if (event === 'breakGlassRequested') this.begin(record);
    const found = this.cases.get(hex(record.accessId));
    if (found === undefined) return;
    if (event === 'breakGlassOpened') this.open(found, record, body);
    if (event === 'breakGlassRefused') this.refuse(found, record);
    note(found, event, record);
  }

  private begin(record: v1.AuditRecord): void {
    const accessId = hex(record.accessId);
    const person = hex(record.person);
    const unlocked = this.unlocks.get(person);
    if (this.cases.has(accessId)) return;
    this.cases.set(accessId, {
      accessId,
      requestIndex: record.index,
      at: record.unixMs,
      person,
      device: hex(record.device),
      role: record.role,
      reason: record.reason,
      practice: record.number.practice === 1,
      override: record.number.override === 1,
      factors: record.factor,
      driver: record.driver ? { id: record.driver.id ?? '', version: record.driver.version ?? '' } : undefined,
      shiftHours: unlocked === undefined ? undefined : Math.floor((record.unixMs - unlocked) / HOUR),
      openedIndex: undefined,
      openedAt: undefined,
      hash: undefined,
      endedAt: undefined,
      refused: undefined,
      recovered: false,
      extended: 0,
      seconds: 0,
      deleted: undefined,
      complete: 0,
      partial: 0,
      notRead: 0,
      stopped: 0,
      exports: 0,
      recordings: 0,
      triesBefore: 0,
      contradicted: false,
      mergedInto: undefined,
      decisions: [],
    });
  }

  private open(found: Case, record: v1.AuditRecord, body: Uint8Array): void {
    found.openedIndex = record.index;
    found.openedAt = record.unixMs;
    found.hash = leafHash(body);
    found.factors = record.factor;
    const before = this.refusals.get(pair(found)) ?? [];
    this.refusals.delete(pair(found));
    for (const refusal of before)
      if (Math.abs(found.at - refusal.at) <= TOGETHER_MS && refusal.decisions.length === 0) {
        refusal.mergedInto = found.accessId;
        found.triesBefore += 1;
      }
  }

  private refuse(found: Case, record: v1.AuditRecord): void {
    // One that was opened first and refused in the same breath has its end in the log.
    found.refused = record.error;
    found.endedAt ??= record.unixMs;
    if (found.openedIndex === undefined)
      this.refusals.set(pair(found), [...(this.refusals.get(pair(found)) ?? []), found]);
  }
}

const pair = ({ person, device }: Case): string => `${person} ${device}`;

function note(found: Case, event: EventName, record: v1.AuditRecord): void {
  const { number } = record;
  if (ACCESS_STARTS.includes(record.event)) {
    found.endedAt = undefined;
    // What goes on is reviewed anew.
    found.decisions = [];
  }
  if (ACCESS_STOPS.includes(record.event)) {
    found.endedAt = record.unixMs;
    found.seconds = Math.max(found.seconds, number.seconds ?? 0);
    found.recovered ||= number.recovered === 1;
  }
  if (event === 'accessClosed') found.deleted = number.deleted ?? 0;
  if (event === 'accessExtended') found.extended += number.minutes ?? 0;
  if (event === 'readComplete') found.complete += 1;
  if (event === 'readPartial') found.partial += 1;
  if (event === 'readRefused') found.notRead += 1;
  if (event === 'readStopped') found.stopped += 1;
  if (event === 'patientMatchContradicted') found.contradicted = true;
  if (event === 'patientMatchConfirmed') found.contradicted = false;
  if (event === 'exported') found.exports += 1;
  if (event === 'recordingWritten') found.recordings += 1;
  const decision = DECISIONS.get(record.event);
  if (decision === undefined) return;
  const { index, unixMs: at, role, seal } = record;
  found.decisions.push({ decision, index, at, reviewer: hex(record.person), role, seal });
}

/** Anything but what the person knows is another way in, and louder. */
export const isOtherFactor = (factor: number): boolean =>
  factor !== FACTOR_NUMBERS.pin && factor !== FACTOR_NUMBERS.passphrase;
