import { type ComponentType, useEffect, useState } from 'react';

/** Longer than that the first screen has not the page for itself (ms). */
const PATIENCE_MS = 200;
const parts = new Set<() => Promise<unknown>>();

/**
 * A part of the page that its first screen does without. `fetchLate` fetches it once there is time, and from then on it
 * is drawn at once; asked for earlier, it appears as soon as it is there. (`lazy` waits once even for what is there, and
 * React may hold the screen behind it back for 300 ms.)
 */
export function late<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let loaded: ComponentType<P> | undefined;
  const fetchPart = async (): Promise<ComponentType<P>> => {
    loaded ??= await load();
    return loaded;
  };
  parts.add(fetchPart);
  return function Late(props: P) {
    const [Part, setPart] = useState<ComponentType<P> | undefined>(() => loaded);
    useEffect(() => {
      if (Part) return;
      fetchPart().then(
        (part) => setPart(() => part),
        (error: unknown) =>
          setPart(() => {
            throw error;
          }),
      );
    }, [Part]);
    return Part ? <Part {...props} /> : null;
  };
}

/** Fetches every late part when nothing else is to be done: they are there before a finger is. Returns what stops it. */
export function fetchLate(): () => void {
  const fetchAll = (): void => {
    for (const fetchPart of parts) fetchPart().catch(() => undefined); // whoever opens it tries again
  };
  const idle = requestIdleCallback(fetchAll, { timeout: PATIENCE_MS });
  return () => cancelIdleCallback(idle);
}
