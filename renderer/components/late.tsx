import { type ComponentType, lazy, Suspense, useState } from 'react';

const parts = new Set<() => Promise<unknown>>();

/**
 * A part of the page that its first screen does without. `fetchLate` fetches it once there is time, and from then on it
 * is drawn at once; asked for earlier, it appears as soon as it is there.
 */
export function late<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let loaded: ComponentType<P> | undefined;
  const fetchPart = async (): Promise<ComponentType<P>> => {
    loaded = await load();
    return loaded;
  };
  parts.add(fetchPart);
  const Lazy = lazy(async () => ({ default: await fetchPart() }));
  return function Late(props: P) {
    // A lazy part waits once even when it is there, and React may then hold its screen back for 300 ms.
    const [Part] = useState<ComponentType<P>>(() => loaded ?? Lazy);
    return (
      <Suspense>
        <Part {...props} />
      </Suspense>
    );
  };
}

/** Fetches every late part, while nothing else is to be done: they are there before a finger is. Returns what stops it. */
export function fetchLate(): () => void {
  const idle = requestIdleCallback(() => {
    for (const fetchPart of parts) fetchPart().catch(() => undefined); // whoever opens it tries again
  });
  return () => cancelIdleCallback(idle);
}
