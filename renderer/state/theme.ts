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
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // Without storage the theme holds until the window closes.
  }
  for (const listener of listeners) listener();
}

/** Day, Dark, Night red, Day ... */
export function nextTheme(): void {
  setTheme(THEMES[(THEMES.indexOf(current) + 1) % THEMES.length] ?? 'day');
}

export function loadTheme(): void {
  let stored: string | null = null;
  try {
    stored = localStorage.getItem(KEY);
  } catch {
    // Day is the default.
  }
  setTheme(isTheme(stored) ? stored : 'day');
}
