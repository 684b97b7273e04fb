import { readStored, writeStored } from './stored.js';

export const THEMES = ['day', 'dark', 'red'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'onebox.theme';
const listeners = new Set<() => void>();
let current: Theme = 'day';

const isTheme = (value: unknown): value is Theme => THEMES.includes(value as Theme);

export const theme = (): Theme => current;

export function subscribeTheme(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function setTheme(next: Theme): void {
  current = next;
  document.documentElement.dataset.theme = next;
  writeStored(KEY, next);
  for (const listener of listeners) listener();
}

/** Day, Dark, Night red, Day ... */
export function nextTheme(): void {
  setTheme(THEMES[(THEMES.indexOf(current) + 1) % THEMES.length] ?? 'day');
}

export function loadTheme(): void {
  const stored = readStored(KEY);
  setTheme(isTheme(stored) ? stored : 'day');
}
