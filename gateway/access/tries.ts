import { join } from 'node:path';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Timeline } from '../files/clock.js';
import type { Files } from '../files/files.js';
import { readJson, replaceJson } from '../files/replace.js';

interface Tries {
  readonly wrong: number;
  /** When the last of them was: milliseconds since the start of the machine, and which start; used after a restart only. */
  readonly uptimeMs?: number;
  readonly boot?: string;
}

const FREE_TRIES = 5;
const FIRST_WAIT_S = 60;
const LONGEST_WAIT_S = 900;
const NAME = 'tries.json';

/**
 * Slows down the guessing of a factor: five free tries, then waits of 60, 120, 240 ... at most 900
 * seconds. Counted on disk before the try, so that a kill in between gives no free one. Never erases and
 * never locks for good. A wait runs on clocks that nobody can set: a wall clock that is set, or was lost with an empty
 * battery, neither shortens nor prolongs it. When the machine was off meanwhile, only the time since it was started
 * counts, so that starting it anew gains nothing.
 */
export class TryCounter {
  private readonly freeAt = new Map<string, number>();
  private turn: Promise<unknown> = Promise.resolve();
  private saved: Promise<void> = Promise.resolve();

  private constructor(
    private readonly files: Files,
    private readonly path: string,
    private readonly now: Timeline,
    private readonly tries: Map<string, Tries>,
  ) {}

  static async load(files: Files, folder: string, now: Timeline): Promise<TryCounter> {
    const path = join(folder, NAME);
    const tries = new Map<string, Tries>();
    for (const [id, entry] of Object.entries(await readTries(files, path))) if (isTries(entry)) tries.set(id, entry);
    const counter = new TryCounter(files, path, now, tries);
    // A new process has a new monotonic clock: what is left of a wait is counted from here.
    for (const [id, entry] of tries) counter.freeAt.set(id, now.clock.monotonicMs() + waitLeftMs(entry, now));
    return counter;
  }

  /** Runs one try at a time. Throws FACTOR_WAIT with seconds, or FACTOR_WRONG with triesLeft when `test` says no. */
  attempt(id: string, test: () => Promise<boolean>): Promise<void> {
    return this.attemptAll([id], 'FACTOR_WRONG', test);
  }

  /** One try that counts for all of them: the longest wait of any holds, and each of them counts what was wrong. */
  attemptAll(
    ids: readonly string[],
    kind: 'FACTOR_WRONG' | 'FACTORS_WRONG',
    test: () => Promise<boolean>,
  ): Promise<void> {
    const run = this.turn.catch(() => undefined).then(() => this.attemptNow(ids, kind, test));
    this.turn = run.catch(() => undefined).then(() => this.saved);
    return run;
  }

  /** When nothing is left to write. */
  async settled(): Promise<void> {
    await this.turn;
  }

  /** Seconds that are still to wait. */
  secondsLeft(id: string): number {
    return Math.ceil(Math.max((this.freeAt.get(id) ?? 0) - this.now.clock.monotonicMs(), 0) / 1000);
  }

  private async attemptNow(
    ids: readonly string[],
    kind: 'FACTOR_WRONG' | 'FACTORS_WRONG',
    test: () => Promise<boolean>,
  ): Promise<void> {
    const seconds = Math.max(...ids.map((id) => this.secondsLeft(id)));
    if (seconds > 0) throw new OneBoxError('FACTOR_WAIT', '', { seconds });
    const counts = ids.map((id) => {
      const wrong = (this.tries.get(id)?.wrong ?? 0) + 1;
      return { id, wrong, waitMs: waitSeconds(wrong) * 1000 };
    });
    const { clock, boot } = this.now;
    const at = { uptimeMs: Math.round(clock.uptimeMs()), ...(boot === undefined ? {} : { boot }) };
    for (const { id, wrong } of counts) this.tries.set(id, { wrong, ...at });
    await this.save();
    if (await test()) {
      for (const id of ids) {
        this.freeAt.delete(id);
        this.tries.delete(id);
      }
      // Nobody waits for it: what is lost of it counts as one wrong try more.
      this.saved = this.save().catch(() => undefined);
      return;
    }
    for (const { id, waitMs } of counts) if (waitMs > 0) this.freeAt.set(id, this.now.clock.monotonicMs() + waitMs);
    const longestMs = Math.max(...counts.map(({ waitMs }) => waitMs));
    if (longestMs > 0) throw new OneBoxError('FACTOR_WAIT', '', { seconds: longestMs / 1000 });
    throw new OneBoxError(kind, '', { triesLeft: FREE_TRIES - Math.max(...counts.map(({ wrong }) => wrong)) });
  }

  private async save(): Promise<void> {
    await replaceJson(this.files, this.path, Object.fromEntries(this.tries));
  }
}

function waitSeconds(wrong: number): number {
  return wrong < FREE_TRIES ? 0 : Math.min(FIRST_WAIT_S * 2 ** (wrong - FREE_TRIES), LONGEST_WAIT_S);
}

/** What is left of the wait after the last wrong try, which another run of the program counted, in milliseconds. */
function waitLeftMs({ wrong, uptimeMs, boot }: Tries, now: Timeline): number {
  const up = now.clock.uptimeMs();
  if (uptimeMs === undefined) return waitSeconds(wrong) * 1000;
  // Of the same start of the machine the difference is exact; of another one it has been on for `up` since, at least.
  // Where the system does not tell starts apart, the smaller of both is true in any case.
  const passed = boot === now.boot && up >= uptimeMs ? up - uptimeMs : up;
  return Math.max(waitSeconds(wrong) * 1000 - passed, 0);
}

/** A damaged file counts as none: whoever can damage it can also remove it, and help must not wait for it. */
async function readTries(files: Files, path: string): Promise<object> {
  try {
    const value = await readJson(files, path);
    return typeof value === 'object' && value !== null ? value : {};
  } catch (error) {
    if (error instanceof OneBoxError) throw error;
    return {};
  }
}

function isTries(value: unknown): value is Tries {
  if (typeof value !== 'object' || value === null) return false;
  const { wrong, uptimeMs, boot } = value as Partial<Tries>;
  if (!Number.isSafeInteger(wrong) || (wrong ?? -1) < 0) return false;
  return (uptimeMs === undefined || Number.isSafeInteger(uptimeMs)) && (boot === undefined || typeof boot === 'string');
}
