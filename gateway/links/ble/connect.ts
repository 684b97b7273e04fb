import { OneBoxError } from '@onebox/protocol/errors.js';
import type { OperationOptions } from '../link.js';
import type { NobleConnectParameters, NobleGatt, NoblePeripheral } from './noble-types.js';

/** 15 to 30 ms between connection events, 4 s of silence until the link counts as lost (noble's 420 ms is too short on a moving patient). */
export const CONNECTION: NobleConnectParameters = { minInterval: 12, maxInterval: 24, latency: 0, timeout: 400 };
/** "Connection failed to be established": usual on air, worth another try (Bluetooth Core, Vol 1 Part F, 2.62). */
const NOT_ESTABLISHED = /0x3e|to be Established/i;
const NOT_ESTABLISHED_REASON = 0x3e;
const ATTEMPTS = 3;
const PAUSE_MS = 100;
/** A controller confirms a cancelled attempt at once; one that does not is not waited for longer (ms). */
const CANCEL_MS = 500;

type Outcome =
  | { readonly kind: 'connected' }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'over' };

/**
 * Connects within the deadline. Rejects with LINK_TIMEOUT, LINK_ABORTED or LINK_FAILED; then no attempt of ours is
 * left in the controller. `gatt` gives the attribute client of the HCI binding, whose MTU exchange is awaited.
 */
export async function connectPeripheral(
  peripheral: NoblePeripheral,
  { deadlineMs, signal }: OperationOptions,
  gatt: () => NobleGatt | undefined,
): Promise<void> {
  const end = new Waiter(deadlineMs, signal);
  try {
    // What an attempt that was given up left here: the controller connected after CANCEL_MS.
    if (peripheral.state === 'connected') await hangUp(peripheral, CANCEL_MS);
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await connectOnce(peripheral, end, gatt);
      if (outcome.kind === 'connected') return;
      if (outcome.kind === 'over') throw end.error;
      const again = attempt < ATTEMPTS && NOT_ESTABLISHED.test(outcome.reason);
      if (!again) throw new OneBoxError('LINK_FAILED', outcome.reason);
      await end.sleep(PAUSE_MS);
      if (end.over) throw end.error;
    }
  } finally {
    end.dispose();
  }
}

async function connectOnce(
  peripheral: NoblePeripheral,
  end: Waiter,
  gatt: () => NobleGatt | undefined,
): Promise<Outcome> {
  const connected = end.first<Outcome>((resolve) =>
    onConnect(peripheral, (error) =>
      resolve(error ? { kind: 'failed', reason: error.message } : { kind: 'connected' }),
    ),
  );
  peripheral.connect(CONNECTION);
  const outcome = (await connected) ?? { kind: 'over' };
  if (outcome.kind === 'over') await cancel(peripheral);
  if (outcome.kind !== 'connected') return outcome;

  const client = gatt();
  if (!client) return outcome;
  const settled = await end.first<Outcome>((resolve) => {
    const offMtu = on(client, 'mtu', () => resolve({ kind: 'connected' }));
    const offGone = on(peripheral, 'disconnect', (reason: number) =>
      resolve({ kind: 'failed', reason: reason === NOT_ESTABLISHED_REASON ? 'HCI 0x3e' : `HCI ${reason}` }),
    );
    return () => {
      offMtu();
      offGone();
    };
  });
  if (settled) return settled;
  await hangUp(peripheral, CANCEL_MS);
  return { kind: 'over' };
}

/** Takes the attempt back. The controller may have connected in the meantime: then the link is closed again. */
async function cancel(peripheral: NoblePeripheral): Promise<void> {
  quietly(() => peripheral.cancelConnect()); // emits `connect` at once, and again when the controller has confirmed
  const end = new Waiter(CANCEL_MS);
  const connected = await end.first<boolean>((resolve) => onConnect(peripheral, (error) => resolve(!error)));
  end.dispose();
  if (connected) await hangUp(peripheral, CANCEL_MS);
}

/** Disconnects. Resolves when the controller has confirmed it, or after `deadlineMs`. */
export async function hangUp(peripheral: NoblePeripheral, deadlineMs: number): Promise<boolean> {
  if (peripheral.state === 'disconnected') return true;
  const end = new Waiter(deadlineMs);
  const gone = end.first<boolean>((resolve) => on(peripheral, 'disconnect', () => resolve(true)));
  quietly(() => peripheral.disconnect());
  const confirmed = await gone;
  end.dispose();
  return confirmed === true;
}

/** The socket of an adapter that has gone throws. */
function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // nothing is left to take back
  }
}

/** How an attempt ended; undefined when it connected, for which noble says null. */
function onConnect(peripheral: NoblePeripheral, listener: (error: Error | undefined) => void): () => void {
  return on(peripheral, 'connect', (error?: Error | null) => listener(error ?? undefined));
}

function on(emitter: NoblePeripheral | NobleGatt, event: string, listener: (...args: never[]) => void): () => void {
  emitter.on(event, listener as (...args: unknown[]) => void);
  return () => emitter.removeListener(event, listener as (...args: unknown[]) => void);
}

/** A deadline and an abort that several steps share. */
class Waiter {
  error = new OneBoxError('LINK_TIMEOUT', 'connect');
  over = false;
  readonly #timer: NodeJS.Timeout;
  readonly #expired = new Set<() => void>();

  constructor(
    deadlineMs: number,
    private readonly signal?: AbortSignal,
  ) {
    this.#timer = setTimeout(this.#expire, deadlineMs);
    signal?.addEventListener('abort', this.#abort, { once: true });
    if (signal?.aborted) this.#abort();
  }

  readonly #abort = (): void => {
    this.error = new OneBoxError('LINK_ABORTED', 'connect');
    this.#expire();
  };

  readonly #expire = (): void => {
    this.over = true;
    for (const expired of [...this.#expired]) expired();
  };

  /** The first result, or undefined when the deadline comes first. `begin` returns what takes its listeners off. */
  first<T>(begin: (resolve: (value: T) => void) => () => void): Promise<T | undefined> {
    return new Promise((resolve) => {
      const done = (value: T | undefined): void => {
        this.#expired.delete(expired);
        stop();
        resolve(value);
      };
      const expired = (): void => done(undefined);
      const stop = begin(done);
      this.#expired.add(expired);
      if (this.over) expired();
    });
  }

  async sleep(ms: number): Promise<void> {
    await this.first<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      return () => clearTimeout(timer);
    });
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.signal?.removeEventListener('abort', this.#abort);
  }
}
