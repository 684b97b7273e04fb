import type ts from 'typescript';
import { toolsMissing } from './checkout.js';

/** The TypeScript compiler of the checkout. Throws TOOLS_MISSING where its development packages are not installed. */
export async function compiler(): Promise<typeof ts> {
  try {
    return (await import('typescript')).default;
  } catch (cause) {
    throw toolsMissing('typescript', cause);
  }
}
