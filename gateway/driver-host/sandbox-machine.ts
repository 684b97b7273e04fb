import variant from '@jitl/quickjs-wasmfile-release-sync';
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
  type QuickJSSyncVariant,
} from 'quickjs-emscripten-core';
import { PRELUDE } from './prelude.js';
import {
  type AnswersMessage,
  type FatalReason,
  type LoadMessage,
  type RawCall,
  type StartMessage,
  TURN_LIMITS,
} from './process-messages.js';

/** More lets recursion of the guest overflow the stack of the machine around it. */
const STACK_BYTES = 256 * 1024;
const PAGES_PER_MIB = 16;
/** The machine does not start with less. */
const INITIAL_PAGES = 256;
/** Between two looks at whether it is over: the machine itself looks only where a job loops. */
const JOBS_AT_ONCE = 100;

/** The types of the package describe its CommonJS half. */
const release = variant as unknown as QuickJSSyncVariant;

/** The sandbox is over, and why. */
export class SandboxFatal extends Error {
  constructor(
    readonly reason: FatalReason,
    readonly trace = '',
  ) {
    super(reason);
  }
}

/** One driver in one QuickJS machine with memory of its own. Must be dropped with its process. */
export class SandboxMachine {
  #calls: RawCall[] = [];
  /** Of this turn, those that were handed over at once included. */
  #count = 0;
  #bytes = 0;
  #fatal: SandboxFatal | undefined;
  #deadline = Number.POSITIVE_INFINITY;
  #interrupted = false;
  #now: number;
  #receive: QuickJSHandle | undefined;

  private constructor(
    readonly runtime: QuickJSRuntime,
    readonly context: QuickJSContext,
    readonly turnMs: number,
    now: number,
    /** It wanted more memory than it may have. */
    readonly isExhausted: () => boolean,
    readonly onReport: (call: RawCall) => void,
  ) {
    this.#now = now;
  }

  /** Makes a machine and runs the bundle in it. `onReport` takes each call that hands findings over, within the turn. */
  static async load(message: LoadMessage, onReport: (call: RawCall) => void): Promise<SandboxMachine> {
    const wasmMemory = new WebAssembly.Memory({
      initial: INITIAL_PAGES,
      maximum: Math.max(INITIAL_PAGES, message.memoryMiB * PAGES_PER_MIB),
    });
    const isExhausted = watchGrowth(wasmMemory);
    const quickjs = await newQuickJSWASMModuleFromVariant(newVariant(release, { wasmMemory }));
    const runtime = quickjs.newRuntime();
    runtime.setMaxStackSize(STACK_BYTES);
    const { turnMs, now } = message;
    const machine = new SandboxMachine(runtime, runtime.newContext(), turnMs, now, isExhausted, onReport);
    // Polled about every 10 000 steps: the host's own deadline, which kills the process, stands behind it.
    runtime.setInterruptHandler(() => {
      if (cpuMs() < machine.#deadline && !isExhausted()) return false;
      machine.#interrupted = true;
      return true;
    });
    machine.#turn('load', () => machine.#load(message));
    return machine;
  }

  /** Starts the driver and runs it until it waits. */
  start(message: StartMessage): void {
    this.#now = message.now;
    this.#turn('load', () => this.#start(message));
  }

  /** Hands answers to the driver and runs it until it waits again. */
  answer(message: AnswersMessage): void {
    this.#now = message.now;
    this.#turn('crash', () => {
      const { context } = this;
      const args = [
        context.newNumber(message.now),
        context.newString(message.json),
        context.newArrayBuffer(exactBuffer(message.bytes)),
      ];
      this.#done(context.callFunction(this.#receive!, context.undefined, ...args));
      for (const arg of args) arg.dispose();
    });
  }

  /** What the driver wanted since the last time, beside its reports. */
  takeCalls(): RawCall[] {
    const calls = this.#calls;
    this.#calls = [];
    this.#count = 0;
    this.#bytes = 0;
    return calls;
  }

  #load({ code }: LoadMessage): void {
    const { context } = this;
    const clock = context.newFunction('clock', () => context.newNumber(this.#now));
    const prelude = context.unwrapResult(context.evalCode(PRELUDE, 'prelude.js'));
    this.#done(context.callFunction(prelude, context.undefined, clock));
    this.#done(context.evalCode(code, 'driver.js', { type: 'global' }));
    for (const handle of [clock, prelude]) handle.dispose();
  }

  #start({ opening, now }: StartMessage): void {
    const { context } = this;
    const send = context.newFunction('send', (...args) => this.#send(args));
    const driver = context.getProp(context.global, 'onebox_driver');
    const start = context.typeof(driver) === 'object' ? context.getProp(driver, 'start') : context.undefined;
    if (context.typeof(start) !== 'function') throw new SandboxFatal('load', 'the bundle has no start');
    const result = context.callFunction(
      start,
      context.undefined,
      send,
      context.newString(opening),
      context.newNumber(now),
    );
    if (result.error) this.#failed(result.error);
    else this.#receive = result.value;
    if (this.#receive && context.typeof(this.#receive) !== 'function')
      throw new SandboxFatal('load', 'start gives no function');
    for (const handle of [send, driver, start]) if (handle.alive) handle.dispose();
  }

  #send([id, name, json, bytes]: QuickJSHandle[]): void {
    const { context } = this;
    // Thousands of jobs may still call: an exception for each would take seconds.
    if (this.#fatal) return;
    const types = [id, name, json, bytes].map((handle) => handle && context.typeof(handle)).join();
    const buffer = types === 'number,string,string,object' ? context.getArrayBuffer(bytes!) : undefined;
    if (!id || !name || !json || !buffer)
      throw this.#failure(new SandboxFatal('crash', 'send was called with something else'));
    const text = context.getString(json);
    const call = {
      id: context.getNumber(id),
      name: context.getString(name).slice(0, 32),
      json: text,
      bytes: buffer.value.slice(),
    };
    buffer.dispose();
    this.#count += 1;
    this.#bytes += call.bytes.length;
    if (this.#count > TURN_LIMITS.calls || this.#bytes > TURN_LIMITS.bytes || text.length > TURN_LIMITS.json)
      throw this.#failure(new SandboxFatal('flood'));
    if (call.name === 'report') this.onReport(call);
    else this.#calls.push(call);
  }

  #failure(fatal: SandboxFatal): SandboxFatal {
    this.#fatal ??= fatal;
    // The guest could catch an exception and go on: the deadline has passed from now on.
    this.#deadline = 0;
    return fatal;
  }

  /** Runs `work` and then all jobs of the guest, within the time of one turn. */
  #turn(otherwise: FatalReason, work: () => void): void {
    this.#deadline = cpuMs() + this.turnMs;
    try {
      work();
      while (!this.#fatal && this.runtime.hasPendingJob()) {
        const result = this.runtime.executePendingJobs(JOBS_AT_ONCE);
        if (result.error) this.#failed(result.error);
        else result.dispose();
        if (cpuMs() > this.#deadline) this.#interrupted = true;
        if (this.#interrupted || this.isExhausted()) break;
      }
    } catch (error) {
      this.#assertGoesOn();
      if (error instanceof SandboxFatal) throw error;
      // The machine itself gave up: out of memory ends as an abort.
      const trace = String(error);
      throw new SandboxFatal(/memory|abort/i.test(trace) ? 'memory' : otherwise, trace);
    }
    this.#assertGoesOn();
    this.#deadline = Number.POSITIVE_INFINITY;
  }

  #assertGoesOn(): void {
    if (this.#fatal) throw this.#fatal;
    if (this.isExhausted()) throw new SandboxFatal('memory');
    if (this.#interrupted) throw new SandboxFatal('interrupted');
  }

  #done(result: { value: QuickJSHandle; error?: undefined } | { error: QuickJSHandle }): void {
    if (result.error) this.#failed(result.error);
    else result.value.dispose();
  }

  /** An exception of the guest that reached us. */
  #failed(handle: QuickJSHandle): never {
    this.#assertGoesOn();
    let trace = '';
    try {
      trace = JSON.stringify(this.context.dump(handle)) ?? '';
    } catch {
      trace = 'an error that cannot be shown';
    }
    if (trace.includes('out of memory')) throw new SandboxFatal('memory', trace);
    if (trace.includes('stack overflow')) throw new SandboxFatal('stack', trace);
    throw new SandboxFatal(this.#receive ? 'crash' : 'load', trace);
  }
}

/**
 * Whether the last wish for more memory was refused. The guest would get an exception and could go on, but the engine
 * is not sound any more then: now and then it walks a list of its own for ever.
 */
function watchGrowth(memory: WebAssembly.Memory): () => boolean {
  const grow = memory.grow.bind(memory);
  let refused = false;
  // It is asked for less once more when much is refused.
  memory.grow = (pages) => {
    refused = true;
    const before = grow(pages);
    refused = false;
    return before;
  };
  return () => refused;
}

/** Time of the processor that this process used: a busy tablet does not count against a driver. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function exactBuffer(bytes: Uint8Array): ArrayBuffer {
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}
