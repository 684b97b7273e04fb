import { decodeCall, encodeAnswers } from '@onebox/driver-sdk/call-codec.js';
import type { Opening } from '@onebox/driver-sdk/guest.js';
import type { ProgramEnd } from '@onebox/driver-sdk/sandbox-guest.js';
import { type ErrorName, type ErrorReport, fromReport, OneBoxError, toOneBoxError } from '@onebox/protocol/errors.js';
import type { LoadedDriver } from './driver-index.js';
import type { ProcessLauncher, SandboxProcess } from './launcher.js';
import { type FatalMessage, type HostMessage, type RawCall, readSandboxMessage } from './process-messages.js';
import { type DriverRun, errorOfDriver, Run, type RunOptions } from './run.js';

export type { HostEvent, RunStatistics } from './host-events.js';
export type { DriverRun, RunOptions } from './run.js';

export interface RunDriverOptions extends RunOptions {
  readonly driver: LoadedDriver;
  readonly launcher: ProcessLauncher;
}

/**
 * Runs a driver in a sandbox process of its own on an open link. Never rejects: how it ended is in the
 * result, and the process is gone then. The link stays open; the requests of the end of the session were sent.
 */
export async function runDriver(options: RunDriverOptions): Promise<DriverRun> {
  const run = new Run(options.driver.manifest, options);
  let error: OneBoxError | undefined;
  try {
    const code = await options.driver.code();
    // The process loads the driver while the device is discovered.
    error = await new SandboxRun(run, options.launcher.launch()).toEnd(code, run.opening());
  } catch (cause) {
    error = toOneBoxError(cause);
  }
  return run.finish(error);
}

/** Number and time are put in when it is sent. */
type Unnumbered<M> = M extends HostMessage ? Omit<M, 'seq' | 'now'> : never;

/** One process from start to end. */
class SandboxRun {
  #seq = 0;
  /** When the message was sent that the driver works on; undefined while it waits. */
  #busySince: number | undefined;
  #loaded = false;
  #opening: Opening | undefined;
  #started = false;
  #answers: { id: number; answer?: unknown; error?: ErrorReport }[] = [];
  #flushing = false;
  #end: (error: OneBoxError | undefined) => void = () => undefined;
  #ended: Promise<OneBoxError | undefined>;
  #lastWords: NodeJS.Timeout | undefined;

  constructor(
    readonly run: Run,
    readonly process: SandboxProcess,
  ) {
    this.#ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    process.onMessage((message) => this.#message(message));
  }

  /** Resolves when the driver is over: undefined when its program came to its end. */
  async toEnd(code: string, opening: Promise<Opening>): Promise<OneBoxError | undefined> {
    const { run, process } = this;
    void process.exited.then(() => this.#fail('DRIVER_CRASHED', 'the process ended'));
    void run.fatal.then((error) => this.#end(error));
    void run.options.link.ended.then(() => {
      // The driver learns it from its calls, and may end in order.
      this.#lastWords = setTimeout(() => this.#end(run.guard.linkError), run.limits.lastWordsMs);
    });
    const watch = setInterval(() => this.#check(), run.limits.watchMs);
    opening.then(
      (found) => {
        this.#opening = found;
        this.#startIfReady();
      },
      (error: unknown) => this.#end(toOneBoxError(error)),
    );
    const { memoryMiB } = run.manifest;
    this.#send({ type: 'load', code, memoryMiB, turnMs: run.limits.turnMs });
    const error = await this.#ended;
    clearInterval(watch);
    clearTimeout(this.#lastWords);
    process.kill();
    return error;
  }

  /** One message at a time: the sandbox works on it until the driver waits again. */
  #send(message: Unnumbered<HostMessage>): void {
    this.#busySince = performance.now();
    this.process.send({ ...message, seq: ++this.#seq, now: this.run.clock.now() });
  }

  #startIfReady(): void {
    if (this.#loaded && this.#opening) this.#send({ type: 'start', opening: JSON.stringify(this.#opening) });
  }

  #message(value: unknown): void {
    const message = readSandboxMessage(value);
    if (!message) this.#fail('DRIVER_FLOOD', 'a message of the sandbox that breaks the rules');
    else if (message.type === 'fatal') this.#fatal(message);
    else if (this.#busySince === undefined || (message.type === 'turn' && message.seq !== this.#seq))
      this.#fail('DRIVER_CRASHED', 'the sandbox answers what was not asked');
    else if (message.type === 'report') this.#take([message.call]);
    else this.#turn(message.calls);
  }

  /** The driver waits again. */
  #turn(calls: readonly RawCall[]): void {
    this.#busySince = undefined;
    if (!this.#loaded) {
      this.#loaded = true;
      this.#startIfReady();
      return;
    }
    if (!this.#started) this.run.begin();
    this.#started = true;
    const over = this.#take(calls);
    if (over) return;
    this.#flush();
    // Nothing under way, nothing to come: it waits for ever.
    if (this.#busySince === undefined && this.run.pending === 0 && this.#answers.length === 0)
      this.#fail('DRIVER_TIMEOUT', 'the driver waits for nothing');
  }

  #fail(kind: ErrorName, detail?: string): void {
    this.#end(new OneBoxError(kind, detail));
  }

  /** Starts the calls; true when the program said that it is over. */
  #take(calls: readonly RawCall[]): boolean {
    for (const { id, name, json, bytes } of calls) {
      if (name === 'end') {
        this.#programEnded(json);
        return true;
      }
      const call = decodeCall(name, json, bytes);
      if (!call) {
        const error = new OneBoxError('DRIVER_FORBIDDEN', 'a call that does not exist');
        this.run.event({ kind: 'refused', what: 'call', error });
        this.run.fail(error);
        return true;
      }
      void this.run.call(call).then(
        (answer) => this.#answer({ id, answer }),
        (error: OneBoxError) => this.#answer({ id, error: error.toJSON() }),
      );
    }
    return false;
  }

  #answer(answer: { id: number; answer?: unknown; error?: ErrorReport }): void {
    this.#answers.push(answer);
    // Answers that come together go together.
    if (this.#flushing) return;
    this.#flushing = true;
    queueMicrotask(() => {
      this.#flushing = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#busySince !== undefined || this.#answers.length === 0 || this.run.failure) return;
    const answers = this.#answers;
    this.#answers = [];
    this.#send({ type: 'answers', ...encodeAnswers(answers) });
  }

  #programEnded(json: string): void {
    const end = parseEnd(json);
    if (!end) this.#fail('DRIVER_CRASHED', 'the program ended in a way that does not exist');
    else if ('ok' in end) this.#end(undefined);
    else if ('thrown' in end) {
      this.run.options.onTrace?.(`${end.thrown}: ${end.trace}`);
      if (end.trace.includes('out of memory')) this.#fail('DRIVER_MEMORY');
      else this.#fail('DRIVER_CRASHED', 'an exception of the driver');
    } else {
      this.run.options.onTrace?.(`${end.error.kind} ${end.error.detail}`);
      this.#end(errorOfDriver(fromReport(end.error)));
    }
  }

  #fatal({ reason, trace }: FatalMessage): void {
    this.run.options.onTrace?.(`${reason}: ${trace}`);
    this.#end(FATAL[reason]());
  }

  #check(): void {
    const { run, process } = this;
    const limit = this.#started ? run.limits.turnMs + run.limits.turnGraceMs : run.limits.startMs;
    if (this.#busySince !== undefined && performance.now() - this.#busySince > limit)
      this.#fail('DRIVER_TIMEOUT', 'the driver does not answer');
    const bytes = process.residentBytes();
    if (bytes !== undefined && bytes > (run.limits.processMiB + run.manifest.memoryMiB) * 1024 * 1024)
      this.#fail('DRIVER_MEMORY', 'the process of the driver');
  }
}

const FATAL: Readonly<Record<FatalMessage['reason'], () => OneBoxError>> = {
  load: () => new OneBoxError('DRIVER_LOAD', 'the bundle does not start'),
  interrupted: () => new OneBoxError('DRIVER_TIMEOUT', 'the driver does not come to a stop'),
  memory: () => new OneBoxError('DRIVER_MEMORY'),
  stack: () => new OneBoxError('DRIVER_CRASHED', 'stack'),
  flood: () => new OneBoxError('DRIVER_FLOOD', 'calls'),
  crash: () => new OneBoxError('DRIVER_CRASHED', 'the machine of the driver'),
};

function parseEnd(json: string): ProgramEnd | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { ok, error, thrown, trace } = value as Record<string, unknown>;
  if (ok === true) return { ok };
  if (typeof thrown === 'string')
    return { thrown: thrown.slice(0, 100), trace: typeof trace === 'string' ? trace.slice(0, 4000) : '' };
  if (typeof error !== 'object' || error === null) return undefined;
  const { kind, detail } = error as Record<string, unknown>;
  if (typeof kind !== 'string') return undefined;
  return {
    error: {
      kind,
      code: '',
      message: '',
      summary: '',
      remedy: '',
      detail: typeof detail === 'string' ? detail.slice(0, 200) : '',
      params: {},
      recoverable: false,
    } as unknown as ErrorReport,
  };
}
