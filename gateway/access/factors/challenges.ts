import { randomBytes } from '../../audit/crypto.js';
import type { Clock } from '../../files/clock.js';
import { TimeWindow } from '../window.js';

const CHALLENGE_MS = 2 * 60_000;
const CHALLENGE_BYTES = 32;

/** What a key has to sign: made here, one for a person at a time, good once and for two minutes. */
export class Challenges {
  private readonly open = new Map<string, { readonly challenge: string; readonly window: TimeWindow }>();

  constructor(private readonly clock: Clock) {}

  /** Base64url. The one before is void. */
  make(personId: string): string {
    const challenge = Buffer.from(randomBytes(CHALLENGE_BYTES)).toString('base64url');
    this.open.set(personId, { challenge, window: new TimeWindow(this.clock, CHALLENGE_MS) });
    return challenge;
  }

  /** Gives it out once. */
  take(personId: string): string | undefined {
    const found = this.open.get(personId);
    this.open.delete(personId);
    return found === undefined || found.window.isOver ? undefined : found.challenge;
  }
}
