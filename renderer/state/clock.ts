import { useSyncExternalStore } from 'react';
import type { Words } from '../format/words.js';
import { words } from '../messages/i18n.js';

/** The tablet's clock and time zone as the screens use them; the gallery sets its own. */
interface Clock {
  now(): number;
  readonly timeZone?: string;
}

let clock: Clock = { now: () => Date.now() };
let second = Math.floor(clock.now() / 1_000);
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

export function setClock(other: Clock): void {
  clock = other;
}

export const now = (): number => clock.now();

function tick(): void {
  const next = Math.floor(clock.now() / 1_000);
  if (next === second) return;
  second = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, 250);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Present time, milliseconds since 1970; changes once a second. */
export function useNow(): number {
  useSyncExternalStore(subscribe, () => second);
  return clock.now();
}

/** Catalogue, locale and present time for formatting; renews once a second, so that ages stay true. */
export function useWords(): Words {
  return words(useNow(), clock.timeZone);
}

/** The same, once, outside of a component. */
export const wordsNow = (): Words => words(clock.now(), clock.timeZone);
