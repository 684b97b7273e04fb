import { useEffect } from 'react';
import { helpOpen } from './help.js';
import type { Session } from './session.js';
import { nextTheme } from './theme.js';

const press = (selector: string): void => {
  const sheet = [...document.querySelectorAll('[role="dialog"]')].at(-1);
  (sheet ?? document).querySelector<HTMLElement>(selector)?.click();
};

/** From one part of the screen to the next: notices, lead line, tiles, actions. */
function nextRegion(): void {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')].filter(
    (region) => region.matches('[tabindex]') || region.querySelector('button, [tabindex]') !== null,
  );
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  const next = regions[(at + 1) % regions.length];
  const target = next?.matches('[tabindex]')
    ? next
    : next?.querySelector<HTMLElement>('button:not([disabled]), [tabindex]');
  target?.focus();
}

/** Hardware keys (UX specification 2.3). Esc belongs to the sheets themselves. */
export function useHardwareKeys(session: Session): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const { status, view, asking } = session.store.get();
      const unlocked = status?.stage === 'unlocked' && !asking;
      const actions: Readonly<Record<string, () => void>> = {
        F1: () => helpOpen.set(!helpOpen.get()),
        F2: () => unlocked && view.kind !== 'devices' && session.showDevices(),
        F3: () => press('[data-primary]'),
        F4: nextTheme,
        F5: () => unlocked && view.kind === 'devices' && void session.scan(),
        F6: nextRegion,
      };
      const action = actions[event.key];
      if (!action) return;
      event.preventDefault();
      action();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [session]);
}
