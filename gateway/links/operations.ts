import { isOneBoxError, OneBoxError, toOneBoxError } from '@onebox/protocol/errors.js';
import type { OperationOptions } from './link.js';

/** Does the work; `over` fires when its result is of no more use (answered, deadline, link gone): stop listening then. */
export type Work<T> = (over: AbortSignal) => Promise<T>;

interface Entry {
  readonly start: () => void;
  readonly fail: (error: OneBoxError) => void;
}

/**
 * One operation at a time, in order, each with a deadline that counts from the call. Every call settles exactly once:
 * by answer, LINK_TIMEOUT, LINK_ABORTED, or the error that ended the link.
 * An aborted operation is over for its caller at once, but the next one starts only when the device has answered it.
 */
export class OperationQueue {
  readonly #waiting: Entry[] = [];
  #running: Entry | undefined;
  #ended: OneBoxError | undefined;

  /** `stuck` is called when an operation that was under way met its deadline: what follows on this link cannot be trusted. */
  constructor(private readonly stuck: (error: OneBoxError) => void) {}

  /** Throws the error that ended the link. */
  check(): void {
    if (this.#ended) throw this.#ended;
  }

  run<T>(what: string, { deadlineMs, signal }: OperationOptions, work: Work<T>): Promise<T> {
    if (this.#ended) return Promise.reject(this.#ended);
    if (signal?.aborted) return Promise.reject(new OneBoxError('LINK_ABORTED', what));
    return new Promise<T>((resolve, reject) => {
      const over = new AbortController();
      const aborted = (): void => {
        reject(new OneBoxError('LINK_ABORTED', what));
        if (this.#running !== entry) finish();
      };
      const finish = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', aborted);
        over.abort();
        const index = this.#waiting.indexOf(entry);
        if (index >= 0) this.#waiting.splice(index, 1);
        if (this.#running !== entry) return;
        this.#running = undefined;
        this.#next();
      };
      const entry: Entry = {
        start: () => {
          const answered = (settle: () => void): void => {
            settle();
            if (this.#running === entry) finish();
          };
          attempt(work, over.signal).then(
            (value) => answered(() => resolve(value)),
            (error) => answered(() => reject(toOneBoxError(error))),
          );
        },
        fail: (error) => {
          reject(error);
          finish();
        },
      };
      const timer = setTimeout(() => {
        const error = new OneBoxError('LINK_TIMEOUT', what);
        const underWay = this.#running === entry;
        reject(error);
        if (underWay) this.stuck(error);
        finish();
      }, deadlineMs);
      signal?.addEventListener('abort', aborted, { once: true });
      this.#waiting.push(entry);
      this.#next();
    });
  }

  /** The link is gone: all that waits or runs fails with this error, and all that comes. */
  end(error: OneBoxError): void {
    if (this.#ended) return;
    this.#ended = error;
    const running = this.#running;
    this.#running = undefined;
    for (const entry of [...(running ? [running] : []), ...this.#waiting.splice(0)]) entry.fail(error);
  }

  #next(): void {
    if (this.#running || this.#ended) return;
    this.#running = this.#waiting.shift();
    this.#running?.start();
  }
}

async function attempt<T>(work: Work<T>, over: AbortSignal): Promise<T> {
  return work(over);
}

/** The promise, or LINK_TIMEOUT or LINK_ABORTED, whichever is first. What the promise does later goes unnoticed. */
export function within<T>(what: string, { deadlineMs, signal }: OperationOptions, promise: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const done = (settle: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', aborted);
      settle();
    };
    const aborted = (): void => done(() => reject(new OneBoxError('LINK_ABORTED', what)));
    const timer = setTimeout(() => done(() => reject(new OneBoxError('LINK_TIMEOUT', what))), deadlineMs);
    signal?.addEventListener('abort', aborted, { once: true });
    if (signal?.aborted) aborted();
    promise.then(
      (value) => done(() => resolve(value)),
      (error) => done(() => reject(isOneBoxError(error) ? error : toOneBoxError(error))),
    );
  });
}
