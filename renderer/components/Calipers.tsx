import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import { text } from '../messages/i18n.js';
import { CALIPER_STEPS, type CaliperPair } from '../strip/calipers.js';
import type { Paper } from '../strip/draw.js';
import { GUTTER_MM, xOf } from '../strip/geometry.js';
import { Button } from './Button.js';

export type Which = 0 | 1;
const BOTH: readonly Which[] = [0, 1];
const ARROWS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 };

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(2)}\u00a0s`;

/**
 * Two lines over the paper, each with a handle that takes touch, mouse and arrow keys (10 ms, with Shift 100 ms). A touch
 * on the paper brings the chosen one there: nothing needs to be dragged.
 */
export function CaliperLines({
  paper,
  pair,
  chosen,
  totalMs,
  reading,
  onChoose,
  onMove,
}: {
  readonly paper: Paper;
  readonly pair: CaliperPair;
  readonly chosen: Which;
  readonly totalMs: number;
  /** What both say together, in words. */
  readonly reading: string;
  readonly onChoose: (which: Which) => void;
  readonly onMove: (which: Which, ms: number) => void;
}) {
  const field = useRef<HTMLDivElement>(null);
  const held = useRef<Which | undefined>(undefined);
  const { pxPerMm, speed, fromMs, width } = paper;
  const msAt = (clientX: number): number => {
    const x = clientX - (field.current?.getBoundingClientRect().left ?? 0);
    return fromMs + ((x / pxPerMm - GUTTER_MM) / speed) * 1_000;
  };
  const start = (event: PointerEvent): void => {
    const handle = (event.target as Element).closest<HTMLElement>('[data-caliper]');
    held.current = handle ? (Number(handle.dataset.caliper) as Which) : undefined;
    if (held.current === undefined) return;
    onChoose(held.current);
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
  };
  const drag = (event: PointerEvent): void => {
    if (held.current !== undefined && event.buttons !== 0) onMove(held.current, msAt(event.clientX));
  };
  const end = (event: PointerEvent): void => {
    if (held.current === undefined && event.type === 'pointerup') onMove(chosen, msAt(event.clientX));
    held.current = undefined;
  };
  const keys = (which: Which) => (event: KeyboardEvent) => {
    const direction = ARROWS[event.key];
    if (direction === undefined) return;
    event.preventDefault();
    onMove(which, pair[which] + direction * (event.shiftKey ? CALIPER_STEPS.large : CALIPER_STEPS.small));
  };
  return (
    <div
      ref={field}
      className="calipers"
      onPointerDown={start}
      onPointerMove={drag}
      onPointerUp={end}
      onPointerCancel={end}
    >
      {BOTH.map((which) => {
        const x = xOf(pair[which], fromMs, speed, pxPerMm);
        if (x < GUTTER_MM * pxPerMm - 1 || x > width + 1) return null;
        const before = pair[which] < pair[which === 0 ? 1 : 0] || (which === 0 && pair[0] === pair[1]);
        return (
          <div key={which} className={`caliper ${which === chosen ? 'chosen' : ''}`}>
            <i style={{ insetInlineStart: `${x}px` }} />
            <div
              role="slider"
              tabIndex={0}
              data-caliper={which}
              className={`caliper-handle ${before ? 'before' : 'after'}`}
              style={{ insetInlineStart: `${x}px` }}
              aria-label={text('strips.caliper', { number: which + 1 })}
              aria-valuemin={0}
              aria-valuemax={Math.round(totalMs)}
              aria-valuenow={pair[which]}
              aria-valuetext={`${seconds(pair[which])}. ${reading}`}
              onKeyDown={keys(which)}
              onFocus={() => onChoose(which)}
            >
              {which + 1}
            </div>
          </div>
        );
      })}
    </div>
  );
}

/** The calipers by buttons: which one, and how far. */
export function CaliperKeys({
  chosen,
  onChoose,
  onStep,
  onDone,
}: {
  readonly chosen: Which;
  readonly onChoose: (which: Which) => void;
  readonly onStep: (ms: number) => void;
  readonly onDone: () => void;
}) {
  const { small, large } = CALIPER_STEPS;
  return (
    <>
      {BOTH.map((which) => (
        <Button key={which} onPress={() => onChoose(which)} pressed={which === chosen}>
          {text('strips.caliper', { number: which + 1 })}
        </Button>
      ))}
      {[-large, -small, small, large].map((ms) => (
        <Button
          key={ms}
          onPress={() => onStep(ms)}
          name={text(ms < 0 ? 'strips.caliper.earlier' : 'strips.caliper.later', { ms: Math.abs(ms) })}
        >
          {`${ms < 0 ? '-' : '+'}${Math.abs(ms)} ms`}
        </Button>
      ))}
      <Button onPress={onDone}>{text('strips.calipers.off')}</Button>
    </>
  );
}
