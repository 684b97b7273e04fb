import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Clock } from '../../files/clock.js';
import { TimeWindow } from '../window.js';
import type { BadgeEvent, BadgeReader } from './badge-reader.js';

/** A badge that was held there longer ago is not held by whoever asks now. */
const FRESH_MS = 5_000;
const WAIT_MS = 15_000;

interface Waiting {
  readonly held: (uid: string) => void;
  readonly failed: (error: OneBoxError) => void;
}

/** Gives out what is held to a reader: fresh, and each holding once. */
export class BadgeDesk {
  private last: { readonly uid: string; readonly window: TimeWindow } | undefined;
  private readonly waiting = new Set<Waiting>();

  constructor(
    private readonly reader: BadgeReader,
    private readonly clock: Clock,
    private readonly waitMs = WAIT_MS,
  ) {
    reader.subscribe((event) => this.heard(event));
  }

  get readerName(): string {
    return this.reader.name;
  }

  /** Identifier of a badge that was just held there, or is within 15 s. Throws BADGE_READER, BADGE_ABSENT. */
  async take(): Promise<string> {
    await this.reader.ready();
    const { last } = this;
    this.last = undefined;
    return last === undefined || last.window.isOver ? this.next() : last.uid;
  }

  private next(): Promise<string> {
    let timer: NodeJS.Timeout | undefined;
    let waiting: Waiting | undefined;
    return new Promise<string>((held, failed) => {
      waiting = { held, failed };
      this.waiting.add(waiting);
      timer = setTimeout(() => failed(new OneBoxError('BADGE_ABSENT')), this.waitMs);
    }).finally(() => {
      clearTimeout(timer);
      if (waiting) this.waiting.delete(waiting);
    });
  }

  private heard(event: BadgeEvent): void {
    if (event.kind === 'lost') {
      this.last = undefined;
      for (const { failed } of this.waiting) failed(new OneBoxError('BADGE_READER', event.reader));
      this.waiting.clear();
    } else if (event.kind === 'present') {
      const [first] = this.waiting;
      if (first === undefined) this.last = { uid: event.uid, window: new TimeWindow(this.clock, FRESH_MS) };
      else {
        this.waiting.delete(first);
        first.held(event.uid);
      }
    }
  }
}
