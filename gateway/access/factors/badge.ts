import { timingSafeEqual } from 'node:crypto';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { FactorOffer } from '../../api.js';
import { hmacSha256, randomBytes } from '../../audit/crypto.js';
import type { AuditLog } from '../../audit/log.js';
import { isLasting } from '../badge/badge-reader.js';
import type { BadgeDesk } from '../badge/desk.js';
import { type People, type Person, pseudonymOf } from '../people.js';
import type { Factor, Shown } from './factor.js';
import type { FactorStore } from './store.js';

/** Sealed: a keyed hash of the identifier; Base64. */
interface Kept {
  readonly key: string;
  readonly hash: string;
}

interface BadgeParts {
  readonly store: FactorStore;
  readonly people: People;
  readonly audit: AuditLog;
  /** Of the reader of this machine; undefined where none was named. */
  readonly desk: BadgeDesk | undefined;
}

type ShownHere = Shown<'badge'>;

/**
 * A badge that the person has. Its identifier is no secret and can be copied: it stands beside what the person knows
 * when a shift begins, and is enough for nothing by itself. The identifier comes from the reader, never from a page.
 */
export class BadgeFactor implements Factor<'badge'> {
  readonly kind = 'badge';
  private readonly held = new WeakMap<ShownHere, string>();
  private readonly nobodys = hashed('');

  constructor(private readonly parts: BadgeParts) {}

  isEnrolled(personId: string): boolean {
    return this.parts.desk !== undefined && this.parts.store.has(personId, this.kind);
  }

  isShown(): boolean {
    return true;
  }

  /** Throws BADGE_READER, BADGE_ABSENT. */
  async gather(shown: ShownHere): Promise<void> {
    this.held.set(shown, await this.desk.take());
  }

  async check(personId: string, shown: ShownHere): Promise<boolean> {
    const uid = this.held.get(shown);
    const kept = this.parts.store.sealed<Kept>(personId, this.kind);
    const { key, hash } = kept ?? this.nobodys;
    const same = timingSafeEqual(hashOf(Buffer.from(key, 'base64'), uid ?? ''), Buffer.from(hash, 'base64'));
    return same && uid !== undefined && kept !== undefined;
  }

  async use(_personId: string, shown: ShownHere): Promise<boolean> {
    return this.held.delete(shown);
  }

  async accepted(personId: string): Promise<void> {
    const person = this.parts.people.get(personId);
    await this.parts.audit.append('badgeUsed', { person: pseudonymOf(person), role: person.role });
  }

  /** Throws BADGE_READER. */
  async offer(): Promise<FactorOffer> {
    return { kind: this.kind, reader: this.desk.readerName };
  }

  /** The badge before counts no more. Throws BADGE_UNFIT. */
  async add({ id }: Person, _offer: FactorOffer, shown: ShownHere): Promise<boolean> {
    const uid = this.held.get(shown);
    if (uid === undefined) return false;
    this.held.delete(shown);
    if (!isLasting(uid)) throw new OneBoxError('BADGE_UNFIT');
    await this.parts.store.put(id, this.kind, { hint: {}, sealed: hashed(uid) });
    return true;
  }

  private get desk(): BadgeDesk {
    if (this.parts.desk === undefined) throw new OneBoxError('BADGE_READER');
    return this.parts.desk;
  }
}

function hashed(uid: string): Kept {
  const key = randomBytes(32);
  return { key: Buffer.from(key).toString('base64'), hash: hashOf(key, uid).toString('base64') };
}

function hashOf(key: Uint8Array, uid: string): Buffer {
  return Buffer.from(hmacSha256(key, new TextEncoder().encode(uid)));
}
