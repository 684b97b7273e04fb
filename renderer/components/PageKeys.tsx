import type { RefObject } from 'react';
import { text } from '../messages/i18n.js';
import { usePreferences } from '../state/preferences.js';
import { Button } from './Button.js';

/** Part of a page that stays in sight when it is turned. */
const OVERLAP = 0.15;

/** In rain mode lists move by buttons alone: water scrolls them. `of` holds the element that scrolls, or is it. */
export function PageKeys({ of, selector }: { readonly of: RefObject<HTMLElement | null>; readonly selector?: string }) {
  if (!usePreferences().rain) return null;
  const turn = (pages: 1 | -1): void => {
    const frame = selector ? of.current?.querySelector(selector) : of.current;
    frame?.scrollBy({ top: pages * frame.clientHeight * (1 - OVERLAP) });
  };
  return (
    <div className="page-keys">
      <Button onPress={() => turn(-1)}>{text('rain.up')}</Button>
      <Button onPress={() => turn(1)}>{text('rain.down')}</Button>
    </div>
  );
}
