import { type ErrorReport, isOneBoxError, toOneBoxError } from '@onebox/protocol/errors.js';
import type { GatewayApi } from './api.js';

/** What a carrier sends back for one command. */
export type Answer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: ErrorReport };

/**
 * Carries one command from outside to the gateway: the name must exist, the input must have its shape,
 * and whatever is thrown leaves as a coded report. Never throws.
 */
export async function route(api: GatewayApi, name: unknown, input: unknown): Promise<Answer> {
  try {
    // Every first screen asks for it, and it takes nothing: the schemas come after that.
    if (name === 'status' && input === undefined) return { ok: true, value: await api.call(name) };
    const { checkInput } = await import('./inputs.js');
    const checked = checkInput(name, input);
    const call = api.call as (name: string, input: unknown) => Promise<unknown>;
    return { ok: true, value: await call.call(api, checked.name, checked.input) };
  } catch (error) {
    return { ok: false, error: (isOneBoxError(error) ? error : toOneBoxError(error)).toJSON() };
  }
}
