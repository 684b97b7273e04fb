import { timingSafeEqual } from 'node:crypto';
import { hmacSha256, randomBytes } from '../../audit/crypto.js';
import type { AuditLog } from '../../audit/log.js';
import { type People, pseudonymOf } from '../people.js';
import type { Factor, Shown } from './factor.js';
import type { FactorStore } from './store.js';

const CODES = 20;
export const DISPATCHER_DIGITS = 8;
const TABLET = '';

/** Sealed: keyed hashes of the codes that are left, in Base64. */
interface Kept {
  readonly key: string;
  readonly hashes: readonly string[];
}

type ShownHere = Shown<'dispatcher-code'>;

/** Codes that a dispatcher holds on paper and reads out over the radio, each good once. */
export class DispatcherCodeFactor implements Factor<'dispatcher-code'> {
  readonly kind = 'dispatcher-code';
  private readonly nobodys: Kept = { key: Buffer.from(randomBytes(32)).toString('base64'), hashes: [] };

  constructor(
    private readonly parts: { readonly store: FactorStore; readonly people: People; readonly audit: AuditLog },
  ) {}

  /** Codes that are left. */
  get left(): number {
    const left = this.parts.store.hint<{ readonly left: number }>(TABLET, this.kind)?.left;
    return Number.isSafeInteger(left) ? left! : 0;
  }

  isEnrolled(): boolean {
    return this.left > 0;
  }

  isShown({ code }: ShownHere): boolean {
    return typeof code === 'string' && code !== '';
  }

  counted(): readonly string[] {
    return [this.kind];
  }

  async check(_personId: string, { code }: ShownHere): Promise<boolean> {
    return find(this.kept ?? this.nobodys, code) !== undefined;
  }

  /** The list without the code is durable before the code counts. */
  async use(_personId: string, { code }: ShownHere): Promise<boolean> {
    const { kept } = this;
    const found = kept && find(kept, code);
    if (found === undefined) return false;
    await this.keep({ ...kept!, hashes: kept!.hashes.filter((hash) => hash !== found) });
    return true;
  }

  async accepted(personId: string): Promise<void> {
    const person = this.parts.people.get(personId);
    await this.parts.audit.append('dispatcherCodeUsed', {
      person: pseudonymOf(person),
      role: person.role,
      numbers: { left: this.left },
    });
  }

  /** A new list; the codes are shown once and kept nowhere. Needs an open vault. */
  async renew(): Promise<readonly string[]> {
    const key = randomBytes(32);
    const codes = new Set<string>();
    while (codes.size < CODES) codes.add(randomCode());
    const hashes = [...codes].map((code) => hashOf(key, code).toString('base64'));
    await this.keep({ key: Buffer.from(key).toString('base64'), hashes });
    return [...codes];
  }

  private get kept(): Kept | undefined {
    return this.parts.store.sealed<Kept>(TABLET, this.kind);
  }

  private keep(kept: Kept): Promise<void> {
    return this.parts.store.put(TABLET, this.kind, { hint: { left: kept.hashes.length }, sealed: kept });
  }
}

/** Without bias: a number that is too large is drawn again. */
function randomCode(): string {
  const count = 10 ** DISPATCHER_DIGITS;
  const last = Math.floor(2 ** 32 / count) * count;
  for (;;) {
    const number = Buffer.from(randomBytes(4)).readUInt32BE();
    if (number < last) return String(number % count).padStart(DISPATCHER_DIGITS, '0');
  }
}

function hashOf(key: Uint8Array, code: string): Buffer {
  return Buffer.from(hmacSha256(key, new TextEncoder().encode(code)));
}

/** Looks at every code of the list. */
function find({ key, hashes }: Kept, code: string): string | undefined {
  const hash = hashOf(Buffer.from(key, 'base64'), code);
  let found: string | undefined;
  for (const one of hashes) if (timingSafeEqual(Buffer.from(one, 'base64'), hash)) found = one;
  return found;
}
