export type Politeness = 'polite' | 'assertive';

const QUIET_MS = 2_000;
type Listener = (politeness: Politeness, text: string) => void;

/**
 * What a screen reader says without being asked: at most one announcement in two seconds, assertive
 * ones first, the same text not twice in a row within the queue.
 */
export class Announcer {
  private queue: { politeness: Politeness; text: string }[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private listener: Listener | undefined;

  listen(listener: Listener): () => void {
    this.listener = listener;
    return () => {
      this.listener = undefined;
      clearTimeout(this.timer);
      this.timer = undefined;
      this.queue = [];
    };
  }

  say(text: string, politeness: Politeness = 'polite'): void {
    if (text === '' || this.queue.some((waiting) => waiting.text === text)) return;
    if (politeness === 'assertive') {
      const firstPolite = this.queue.findIndex((waiting) => waiting.politeness === 'polite');
      this.queue.splice(firstPolite < 0 ? this.queue.length : firstPolite, 0, { politeness, text });
    } else this.queue.push({ politeness, text });
    if (this.timer === undefined) this.next();
  }

  private next(): void {
    const waiting = this.queue.shift();
    this.timer = undefined;
    if (!waiting) return;
    this.listener?.(waiting.politeness, waiting.text);
    this.timer = setTimeout(() => this.next(), QUIET_MS);
  }
}

export const announcer = new Announcer();
