import type { Factor } from '@onebox/gateway/api.js';
import type { Gateway } from '@onebox/gateway/gateway.js';
import type { Arguments } from './arguments.js';
import { NO_RADIOS, openEngine } from './engine.js';
import type { Output } from './output.js';
import { unlock } from './person.js';

/** Opens the store without touching a radio, lets the person in, does `work` and closes everything. */
export async function openStoreAs<T>(
  args: Arguments,
  output: Output,
  work: (gateway: Gateway, factor: Factor) => Promise<T>,
): Promise<T> {
  const engine = await openEngine(args, {}, true, NO_RADIOS);
  try {
    const factor = await unlock(engine.gateway, args, output);
    return await work(engine.gateway, factor);
  } finally {
    await engine.close();
  }
}
