import type { Manifest } from '@onebox/driver-sdk/manifest.js';

/** Classes whose devices answer to a magnet in a way that matters in a rescue. */
const CARDIAC: ReadonlySet<string> = new Set(['pacemaker', 'icd', 'crt-p', 'crt-d']);

/** What a driver says of magnets, where it concerns this class: a driver may serve many. */
export function magnetFacts(
  { safety }: Manifest,
  deviceClass: string,
): { readonly duringRead: 'ignored' | 'honoured' | 'unknown'; readonly afterReadSeconds: number } | undefined {
  if (!safety.magnet || !CARDIAC.has(deviceClass)) return undefined;
  return { duringRead: safety.magnet.duringRead, afterReadSeconds: safety.magnet.afterReadSeconds };
}
