import { useEffect } from 'react';
import type { Session } from './session.js';

const TOLD_MS = 30_000;

/** Tells the gateway that somebody uses the tablet, so that it does not lock: a touch that asks for nothing counts too. */
export function usePresence(session: Session): void {
  useEffect(() => {
    let told = 0;
    const tell = (): void => {
      if (session.store.get().status?.stage !== 'unlocked' || performance.now() - told < TOLD_MS) return;
      told = performance.now();
      session.api.call('status').catch(() => undefined);
    };
    const events = ['pointerdown', 'keydown', 'wheel'] as const;
    for (const name of events) window.addEventListener(name, tell, { capture: true, passive: true });
    return () => {
      for (const name of events) window.removeEventListener(name, tell, { capture: true });
    };
  }, [session]);
}
