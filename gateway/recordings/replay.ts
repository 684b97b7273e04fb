import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Clock } from '../driver-host/clock.js';
import type { Link } from '../links/link.js';
import type { Recording, RecordingItem } from './format.js';
import { ReplayLink } from './replay-link.js';

/**
 * Plays a recording back into a driver: what the driver sends must be what was sent then, and what came then
 * comes again. Time is that of the recording and passes as fast as the driver works, so that two replays give the
 * same findings. Exact as long as the driver waits for one thing at a time.
 */
export class Replay {
  readonly clock: Clock = {
    now: () => this.recording.header.startedAt + this.#now,
    sleep: (ms, signal) => this.#sleep(ms, signal),
  };
  readonly #segments: (readonly RecordingItem[])[] = [];
  #now = 0;
  #opened = 0;
  #link: ReplayLink | undefined;

  constructor(readonly recording: Recording) {
    let segment: RecordingItem[] = [];
    this.#segments.push(segment);
    for (const item of recording.items) {
      if (item.dir === 'event' && item.event === 'link') {
        segment = [];
        this.#segments.push(segment);
      } else segment.push(item);
    }
  }

  /** Links of the session. */
  get links(): number {
    return this.#segments.length;
  }

  /** The next link of the session. RECORDING_DIVERGED when there were no more. */
  open(): Link {
    const segment = this.#segments[this.#opened];
    if (!segment) throw new OneBoxError('RECORDING_DIVERGED', `link ${this.#opened + 1} is not in the recording`);
    this.#opened += 1;
    const at = (t: number) => {
      this.#now = Math.max(this.#now, t);
      return this.clock.now();
    };
    this.#link = new ReplayLink(this.recording.header, segment, at);
    return this.#link;
  }

  async #sleep(ms: number, signal: AbortSignal): Promise<void> {
    const until = this.#now + ms;
    while (!signal.aborted) {
      // One packet at a time: whoever waits for it ends this sleep before the next one.
      if (!this.#link?.deliverNext(until)) {
        this.#link?.endIfStopped(until, this.#opened === this.links && this.recording.truncated);
        this.#now = Math.max(this.#now, until);
        return;
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
