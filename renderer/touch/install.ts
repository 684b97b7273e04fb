import { pxPerMm } from '../state/scale.js';
import { type Contact, TouchGuard } from './guard.js';

const CONTROL =
  'button, a, input, label, [role="button"], [role="row"], [role="tab"], [role="radio"], [role="gridcell"]';

export const guard = new TouchGuard(pxPerMm);

/** Ignores touches for 400 ms: called when a sheet opens under the finger. */
export const holdTouches = (): void => guard.hold(performance.now());

/**
 * Puts the guard in front of every control of the page, for fingers and pens. A touch that does not
 * count is turned into a cancelled one, and its click is dropped. Mouse and keyboard are not guarded.
 * Returns the function that takes it away.
 */
export function installTouchGuard(page: Document): () => void {
  const controller = new AbortController();
  const options = { capture: true, signal: controller.signal };
  let refused: number | undefined;
  const guarded = (event: PointerEvent): boolean => event.pointerType === 'touch' || event.pointerType === 'pen';
  const contact = (event: PointerEvent, element: Element | null): Contact => ({
    id: event.pointerId,
    x: event.clientX,
    y: event.clientY,
    at: event.timeStamp,
    target: element?.closest(CONTROL) ?? null,
  });

  page.addEventListener(
    'pointerdown',
    (event) => {
      if (!guarded(event)) return;
      refused = undefined;
      guard.start(contact(event, event.target as Element | null));
    },
    options,
  );
  page.addEventListener(
    'pointerup',
    (event) => {
      if (!guarded(event) || !event.isTrusted) return;
      // Touch pointers are captured by where they began: what is under the finger now must be asked for.
      if (guard.end(contact(event, page.elementFromPoint(event.clientX, event.clientY)))) return;
      refused = event.pointerId;
      event.stopImmediatePropagation();
      const { pointerId, pointerType, clientX, clientY } = event;
      event.target?.dispatchEvent(
        new PointerEvent('pointercancel', { bubbles: true, pointerId, pointerType, clientX, clientY }),
      );
    },
    options,
  );
  page.addEventListener('pointercancel', (event) => event.isTrusted && guard.cancel(event.pointerId), options);
  page.addEventListener(
    'click',
    (event) => {
      if (!event.isTrusted || refused === undefined || (event as PointerEvent).pointerId !== refused) return;
      refused = undefined;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    options,
  );
  return () => controller.abort();
}
