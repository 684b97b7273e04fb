import type { Trail } from '@onebox/gateway/exports/trail.js';
import type { Arguments } from '../arguments.js';
import { openStoreAs } from '../open-store.js';
import type { Output } from '../output.js';

/** The log of the store that the options name, opened by the person that they name. */
export function openTrail<T>(args: Arguments, output: Output, work: (trail: Trail) => Promise<T>): Promise<T> {
  return openStoreAs(args, output, (gateway) => work(gateway.trail));
}
