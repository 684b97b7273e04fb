import { useEffect, useReducer, useRef } from 'react';

/** No row moves this long after a touch, nor sooner than a second after the last move (UX specification 6.2). */
export const STEADY = { touchMs: 800, rankMs: 1_000 } as const;

interface Row {
  readonly id: string;
}

/** While held: every row stays where it is with its newest content, also one that is gone; new ones come at the end. */
export function steadyRows<T extends Row>(shown: readonly T[], next: readonly T[], held: boolean): readonly T[] {
  if (!held) return next;
  const newest = new Map(next.map((row) => [row.id, row]));
  const known = new Set(shown.map(({ id }) => id));
  return [...shown.map((row) => newest.get(row.id) ?? row), ...next.filter(({ id }) => !known.has(id))];
}

const sameOrder = (a: readonly Row[], b: readonly Row[]): boolean =>
  a.length === b.length && a.every(({ id }, index) => id === b[index]?.id);

/** Rows in an order that never changes under a finger. */
export function useSteadyRows<T extends Row>(next: readonly T[]): readonly T[] {
  const shown = useRef<readonly T[]>(next);
  const fingers = useRef(0);
  const freeAt = useRef(0);
  const [, look] = useReducer((count: number) => count + 1, 0);

  useEffect(() => {
    const controller = new AbortController();
    const options = { capture: true, signal: controller.signal };
    const down = (): void => {
      fingers.current += 1;
    };
    const up = (): void => {
      fingers.current = Math.max(0, fingers.current - 1);
      freeAt.current = Math.max(freeAt.current, performance.now() + STEADY.touchMs);
      look();
    };
    addEventListener('pointerdown', down, options);
    addEventListener('pointerup', up, options);
    addEventListener('pointercancel', (event) => event.isTrusted && up(), options);
    return () => controller.abort();
  }, []);

  const wait = freeAt.current - performance.now();
  const held = fingers.current > 0 || wait > 0;
  const rows = steadyRows(shown.current, next, held);
  useEffect(() => {
    if (!held && !sameOrder(shown.current, rows)) freeAt.current = performance.now() + STEADY.rankMs;
    shown.current = rows;
    if (fingers.current > 0 || sameOrder(rows, next)) return;
    const timer = setTimeout(look, Math.max(0, wait));
    return () => clearTimeout(timer);
  });
  return rows;
}
