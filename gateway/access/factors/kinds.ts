import type { FactorKind } from '../../api.js';

/** What a factor rests on. Two factors are two only when they rest on different things. */
export type Ground = 'knows' | 'has' | 'somebody-else';

export const GROUNDS: Readonly<Record<FactorKind, Ground>> = {
  pin: 'knows',
  passphrase: 'knows',
  'one-time-code': 'has',
  'security-key': 'has',
  'smart-card': 'has',
  // Can be copied: a second factor only.
  badge: 'has',
  // Paper that is locked away.
  'recovery-words': 'has',
  witness: 'somebody-else',
  'dispatcher-code': 'somebody-else',
};

/** Those that begin a shift together must rest on two different things. */
export function areTwo(kinds: readonly FactorKind[]): boolean {
  return new Set(kinds.map((kind) => GROUNDS[kind])).size >= 2;
}

/**
 * A person's own factor: the only one that is enough by itself within a shift. Words on paper are of the tablet, and a
 * badge can be copied.
 */
export function isOwn(kind: FactorKind): boolean {
  return GROUNDS[kind] !== 'somebody-else' && kind !== 'recovery-words' && kind !== 'badge';
}
