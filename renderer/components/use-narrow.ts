import { useSyncExternalStore } from 'react';

/** Upright, low, or enlarged until it is (UX specification 6.4). */
const NARROW = '(orientation: portrait), (max-height: 519px)';

function subscribe(changed: () => void): () => void {
  const query = matchMedia(NARROW);
  query.addEventListener('change', changed);
  return () => query.removeEventListener('change', changed);
}

/** Whether there is no room for two columns of large targets side by side. */
export function useNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => matchMedia(NARROW).matches);
}
