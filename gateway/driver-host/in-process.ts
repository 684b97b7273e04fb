import type { DecodedCall } from '@onebox/driver-sdk/call-codec.js';
import type { Driver } from '@onebox/driver-sdk/define.js';
import { type CallName, type Calls, runProgram } from '@onebox/driver-sdk/guest.js';
import type { Manifest } from '@onebox/driver-sdk/manifest.js';
import { isOneBoxError, OneBoxError, toOneBoxError } from '@onebox/protocol/errors.js';
import { type DriverRun, Run, type RunOptions } from './run.js';

export interface InProcessOptions extends RunOptions {
  readonly driver: Driver;
  readonly manifest: Manifest;
}

/**
 * Runs a driver without a sandbox, for tests and debugging: the guards of link and findings are the same, but
 * nothing stops code that does not wait. The product never does this. Never rejects.
 */
export async function runDriverInProcess(options: InProcessOptions): Promise<DriverRun> {
  const run = new Run(options.manifest, options);
  let error: OneBoxError | undefined;
  try {
    const opening = await run.opening();
    run.begin();
    const host = {
      call: <N extends CallName>(name: N, input: Calls[N]['in']) =>
        run.call({ name, input } as DecodedCall) as Promise<Calls[N]['out']>,
      now: () => run.clock.now(),
    };
    const stopped = run.fatal.then((why) => {
      throw why;
    });
    await Promise.race([runProgram(options.driver, opening, host), stopped]);
  } catch (cause) {
    if (!isOneBoxError(cause))
      options.onTrace?.(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
    error = isOneBoxError(cause)
      ? cause
      : new OneBoxError('DRIVER_CRASHED', 'an exception of the driver', {}, { cause: toOneBoxError(cause) });
  }
  return run.finish(error);
}
