import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { OneBoxError } from '@onebox/protocol/errors.js';

/** The checkout that this command runs from: compilers and test runner come with it, not with the product. */
export const checkout = join(dirname(createRequire(import.meta.url).resolve('@onebox/drivers/package.json')), '..');

/** A build script of the checkout. Throws TOOLS_MISSING where there is none, or not what it needs. */
export async function fromCheckout<T>(path: string): Promise<T> {
  try {
    return (await import(pathToFileURL(join(checkout, path)).href)) as T;
  } catch (cause) {
    throw toolsMissing(path, cause);
  }
}

/** What the tools of a maker need, and an installed product does not have. */
export function toolsMissing(what: string, cause: unknown): OneBoxError {
  return new OneBoxError('TOOLS_MISSING', `${what}: run  npm ci  in ${checkout}`, {}, { cause });
}
