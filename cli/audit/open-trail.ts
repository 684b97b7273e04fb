import type { Trail } from '@onebox/gateway/exports/trail.js';
import type { Arguments } from '../arguments.js';
import { NO_RADIOS, openEngine } from '../engine.js';
import type { Output } from '../output.js';
import { unlock } from '../person.js';

/** Opens the store without touching a radio, lets the person in, does `work` and closes everything. */
export async function openTrail<T>(args: Arguments, output: Output, work: (trail: Trail) => Promise<T>): Promise<T> {
  const engine = await openEngine(args, {}, true, NO_RADIOS);
  try {
    await unlock(engine.gateway, args, output);
    return await work(engine.gateway.trail);
  } finally {
    await engine.close();
  }
}
