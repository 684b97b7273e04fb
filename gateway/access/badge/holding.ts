import type { BadgeEvent } from './badge-reader.js';

/** Readers repeat a badge that stays, a few times a second. */
const GONE_MS = 1_500;

/** Makes one holding of what a reader repeats: present once, gone when it has been silent. */
export class Holding {
  private readonly listeners = new Set<(event: BadgeEvent) => void>();
  private uid: string | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly reader: string,
    private readonly goneMs = GONE_MS,
  ) {}

  read(uid: string): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.away(), this.goneMs).unref();
    if (uid === this.uid) return;
    this.uid = uid;
    this.tell({ kind: 'present', uid, reader: this.reader });
  }

  away(): void {
    clearTimeout(this.timer);
    if (this.uid === undefined) return;
    this.uid = undefined;
    this.tell({ kind: 'gone', reader: this.reader });
  }

  lost(): void {
    this.away();
    this.tell({ kind: 'lost', reader: this.reader });
  }

  subscribe(listener: (event: BadgeEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private tell(event: BadgeEvent): void {
    for (const listener of [...this.listeners]) listener(event);
  }
}
