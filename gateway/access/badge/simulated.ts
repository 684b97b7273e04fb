import { OneBoxError } from '@onebox/protocol/errors.js';
import type { BadgeEvent, BadgeReader } from './badge-reader.js';
import { Holding } from './holding.js';

export const SIMULATED = 'simulated';

/** A reader without hardware: badges are held to it by a call. */
export class SimulatedBadgeReader implements BadgeReader {
  readonly name = SIMULATED;
  private readonly holding = new Holding(SIMULATED);
  private isPlugged = true;

  /** `always`: this badge is held to it whenever somebody asks. */
  constructor(private readonly always?: string) {}

  async ready(): Promise<void> {
    if (!this.isPlugged) throw new OneBoxError('BADGE_READER', this.name);
    if (this.always !== undefined) this.tap(this.always);
  }

  subscribe(listener: (event: BadgeEvent) => void): () => void {
    return this.holding.subscribe(listener);
  }

  /** Holds it there, as readers do: said again and again. */
  hold(uid: string): void {
    this.holding.read(uid);
  }

  takeAway(): void {
    this.holding.away();
  }

  tap(uid: string): void {
    this.hold(uid);
    this.takeAway();
  }

  unplug(): void {
    this.isPlugged = false;
    this.holding.lost();
  }

  plugIn(): void {
    this.isPlugged = true;
  }

  async close(): Promise<void> {
    this.takeAway();
  }
}
