import type { HostMessage, SandboxMessage } from './process-messages.js';
import { SandboxFatal, SandboxMachine } from './sandbox-machine.js';

/**
 * The program of the sandbox process, for `child_process.fork` of Node and `utilityProcess.fork` of Electron.
 * It ends with its parent.
 */
interface ParentPort {
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
  postMessage(message: unknown): void;
}

const port = (process as { parentPort?: ParentPort }).parentPort;
const post = port
  ? (message: SandboxMessage) => port.postMessage(message)
  : (message: SandboxMessage) => process.send?.(message);

let machine: SandboxMachine | undefined;
let over = false;
/** Messages are worked off one after the other; the first one takes a moment to load. */
let queue = Promise.resolve();

async function handle(message: HostMessage): Promise<void> {
  if (over) return;
  const started = performance.now();
  try {
    if (message.type === 'load') machine = await SandboxMachine.load(message, (call) => post({ type: 'report', call }));
    else if (message.type === 'start') machine?.start(message);
    else machine?.answer(message);
    post({ type: 'turn', seq: message.seq, calls: machine?.takeCalls() ?? [], busyMs: performance.now() - started });
  } catch (error) {
    over = true;
    const { reason, trace } = error instanceof SandboxFatal ? error : new SandboxFatal('crash', String(error));
    post({ type: 'fatal', reason, trace: trace.slice(0, 4000) });
  }
}

function take(message: unknown): void {
  queue = queue.then(() => handle(message as HostMessage));
}

if (port) port.on('message', ({ data }) => take(data));
else {
  process.on('message', take);
  process.on('disconnect', () => process.exit(0));
}
