import { join } from 'node:path';
import { isOneBoxError, OneBoxError } from '@onebox/protocol/errors.js';
import { type People, type Person, pseudonymOf } from '../access/people.js';
import { noteRefusal } from '../access/refusals.js';
import type { KeyVault } from '../access/vault.js';
import type { PersonSummary } from '../api.js';
import { readFrame } from '../audit/frame.js';
import type { AuditLog } from '../audit/log.js';
import type { AuditFields } from '../audit/record.js';
import { segmentFiles, walkSegment } from '../audit/segment.js';
import type { Clock } from '../files/clock.js';
import type { Files } from '../files/files.js';
import { Cases, DECISION_EVENTS, type Decision } from './cases.js';
import type { ReviewDecision, ReviewList } from './model.js';
import { type Judge, NEXT_STEPS, queueOf, stepsOf } from './queue.js';

interface ReviewsParts {
  readonly audit: AuditLog;
  /** Of the segments of the log. */
  readonly folder: string;
  readonly files: Files;
  readonly vault: KeyVault;
  readonly people: People;
  readonly clock: Clock;
  /** Who unlocked the tablet. */
  readonly person: () => PersonSummary | undefined;
}

/** The review of accesses: a queue that is read from the log, and decisions that are written to it. */
export class Reviews {
  private cases = new Cases();
  private lastFile = '';
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: ReviewsParts) {}

  /** The queue as it is now; the look is a record. Throws LOCKED, AUDIT_WRITE. */
  list(practice: boolean): Promise<ReviewList> {
    return this.inTurn(async () => {
      const list = await this.queue(practice);
      const { pending, overdue } = list;
      await this.parts.audit.append('reviewsViewed', { ...this.who().fields, numbers: { pending, overdue } });
      return list;
    });
  }

  /**
   * A step of an item, signed with the log, and the queue after it. Throws REVIEW_UNKNOWN, REVIEW_OWN, REVIEW_STATE,
   * LOCKED, AUDIT_WRITE; each refusal is a record.
   */
  decide(accessId: string, decision: ReviewDecision, practice: boolean): Promise<ReviewList> {
    return this.inTurn(async () => {
      const { audit, vault } = this.parts;
      const { pseudonym, fields } = this.who();
      const about: Omit<AuditFields, 'numbers'> = {
        ...fields,
        ...(/^[0-9a-f]{32}$/.test(accessId) ? { accessId } : {}),
      };
      try {
        const { items } = await this.queue(practice);
        const item = items.find((one) => one.accessId === accessId);
        if (item === undefined) throw new OneBoxError('REVIEW_UNKNOWN');
        if (item.own) throw new OneBoxError('REVIEW_OWN');
        if (!NEXT_STEPS[item.state].includes(decision)) throw new OneBoxError('REVIEW_STATE', item.state);
        const step = stepsOf(this.cases.get(accessId)!, this.judge()).length;
        const seal = vault.wrapKey(new Uint8Array(SEAL_BYTES), context(accessId, decision, pseudonym, step));
        await audit.append(DECISION_EVENTS[decision], { ...about, seal });
        // Signed at once: what follows cannot take it back.
        await audit.checkpoint();
        return await this.queue(practice);
      } catch (error) {
        throw await noteRefusal(audit, 'reviewRefused', error, about);
      }
    });
  }

  private who(): Pick<Person, 'id' | 'pseudonym'> & { readonly fields: Pick<AuditFields, 'person' | 'role'> } {
    const person = this.parts.person();
    if (person === undefined) throw new OneBoxError('LOCKED');
    const known = this.parts.people.get(person.id);
    const { id, pseudonym } = known;
    return { id, pseudonym, fields: { person: pseudonymOf(known), role: known.role } };
  }

  private judge(): Judge {
    const known = this.parts.people.byPseudonym();
    return { holds: this.holds, personOf: (pseudonym) => known.get(pseudonym) };
  }

  private async queue(practice: boolean): Promise<ReviewList> {
    const { audit, clock } = this.parts;
    await this.followLog();
    return queueOf(this.cases.all, {
      now: clock.unixMs(),
      practice,
      reviewer: this.who().id,
      ...this.judge(),
      intact: audit.status.intact,
    });
  }

  /** What has come to the log since the last time; a segment that was whole is not read again. */
  private async followLog(): Promise<void> {
    const { audit, files, folder } = this.parts;
    const { size } = audit;
    if (this.cases.next >= size) return;
    const names = segmentFiles(await files.list(folder)).filter(({ name }) => name >= this.lastFile);
    for (const file of names) {
      const bytes = (await files.read(join(folder, file.name))) ?? new Uint8Array();
      walkSegment(bytes, file, undefined, {
        record: (record, offset) => {
          const frame = readFrame(bytes, offset);
          if (typeof frame === 'object' && record.index < size) this.cases.follow(record, frame.body);
        },
      });
      this.lastFile = file.name;
    }
  }

  /** Sealed with the keys of this tablet for just this step: whoever can only write to the log cannot make one. */
  private readonly holds = (accessId: string, { decision, reviewer, seal }: Decision, step: number): boolean => {
    try {
      this.parts.vault.unwrapKey(seal, context(accessId, decision, reviewer, step));
      return true;
    } catch (error) {
      if (isOneBoxError(error, 'LOCKED')) throw error;
      return false;
    }
  };

  /** One after the other: two decisions on one item are not both the first. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.turn.then(work);
    this.turn = done.catch(() => undefined);
    return done;
  }
}

const SEAL_BYTES = 16;
const context = (accessId: string, decision: ReviewDecision, reviewer: string, step: number): string =>
  `review/${accessId}/${decision}/${reviewer}/${step}`;
