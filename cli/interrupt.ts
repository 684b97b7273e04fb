import { OneBoxError } from '@onebox/protocol/errors.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** From now on the first Ctrl+C, TERM or HUP aborts the signal; the second one ends the process as it always does. */
export function onInterrupt(said: () => void): AbortSignal {
  const controller = new AbortController();
  const interrupt = (): void => {
    for (const name of SIGNALS) process.removeListener(name, interrupt);
    said();
    controller.abort();
  };
  for (const name of SIGNALS) process.on(name, interrupt);
  return controller.signal;
}

/** The work, or READ_STOPPED when it is interrupted first. */
export async function unlessInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop: () => void = () => undefined;
  const interrupted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(new OneBoxError('READ_STOPPED'));
    signal.addEventListener('abort', stop);
  });
  if (signal.aborted) stop();
  try {
    return await Promise.race([work, interrupted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
