import type { Strip } from '@onebox/gateway/card/model.js';
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from 'react';
import { eventTimeText } from '../format/time.js';
import { unitWords } from '../format/unit.js';
import { printValue } from '../format/value.js';
import { text } from '../messages/i18n.js';
import { useWords, wordsNow } from '../state/clock.js';
import { isCalibrated, pxPerMm } from '../state/scale.js';
import { subscribeTheme, theme } from '../state/theme.js';
import { drawGrid, drawLanes, type Ink, type Paper } from '../strip/draw.js';
import {
  fittingGain,
  INTERVAL_MM,
  lengthMs,
  MARKER_MM,
  pagedFrom,
  SPEEDS,
  type Speed,
  windowMs,
} from '../strip/geometry.js';
import { Button } from './Button.js';
import { MarkerTable } from './MarkerTable.js';

/** Multiples of the fitting gain that the gain button goes through. */
const GAIN_FACTORS = [1, 2, 0.5] as const;

function inkOf(element: Element): Ink {
  const style = getComputedStyle(element);
  const token = (name: string): string => style.getPropertyValue(name).trim();
  return {
    fg: token('--fg'),
    fg2: token('--fg2'),
    bg: token('--bg'),
    grid1: token('--grid1'),
    grid5: token('--grid5'),
    font: `${Math.round(Number.parseFloat(style.fontSize) * 0.9)}px "IBM Plex Sans", sans-serif`,
  };
}

function surface(canvas: HTMLCanvasElement, paper: Paper): CanvasRenderingContext2D | null {
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [Math.round(paper.width * ratio), Math.round(paper.height * ratio)];
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const context = canvas.getContext('2d');
  context?.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

/** A strip on its paper: two canvases, the grid drawn once, the traces when something changes. */
export function StripView({
  strip,
  episode,
  pager,
}: {
  readonly strip: Strip;
  readonly episode?: number;
  readonly pager?: ReactNode;
}) {
  const frame = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLCanvasElement>(null);
  const trace = useRef<HTMLCanvasElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [speed, setSpeed] = useState<Speed>(25);
  const [gainFactor, setGainFactor] = useState<(typeof GAIN_FACTORS)[number]>(1);
  const [page, setPage] = useState({ id: strip.id, fromMs: 0 });
  const [table, setTable] = useState(false);
  const colours = useSyncExternalStore(subscribeTheme, theme);
  const words = useWords();

  useEffect(() => {
    if (!frame.current) return;
    const observer = new ResizeObserver(
      ([entry]) => entry && setSize({ width: entry.contentRect.width, height: entry.contentRect.height }),
    );
    observer.observe(frame.current);
    return () => observer.disconnect();
    // The frame is another one when it comes back in place of the table.
  }, [table]);

  const mm = pxPerMm();
  const total = lengthMs(strip.lanes);
  const shown = windowMs(size.width, speed, mm);
  const wanted = page.id === strip.id ? page.fromMs : 0;
  const fromMs = strip.live ? Math.max(0, total - shown) : pagedFrom(wanted, 0, shown, total);
  const marked = strip.lanes.some((lane) => lane.markers.length > 0);
  const laneMm = (size.height / mm - (marked ? MARKER_MM + INTERVAL_MM : 0)) / Math.max(1, strip.lanes.length);
  const gains = strip.lanes.map((lane) => fittingGain(lane, laneMm) * gainFactor);
  const gainTexts = strip.lanes.map((lane, index) => {
    const unit = unitWords(lane.unit).shown;
    return unit === '' ? '' : `${gains[index]} mm/${unit}`;
  });
  const labels = strip.lanes.map((lane, index) =>
    [printValue(lane.label, wordsNow()).main, gainTexts[index]].filter(Boolean).join(' · '),
  );
  const gainKey = gains.join();
  const paperKey = `${size.width}x${size.height} ${mm} ${speed} ${fromMs} ${colours} ${table}`;

  useLayoutEffect(() => {
    if (!grid.current || size.width === 0) return;
    const paper: Paper = { ...size, pxPerMm: mm, speed, fromMs };
    const context = surface(grid.current, paper);
    if (context) drawGrid(context, paper, inkOf(grid.current));
  }, [paperKey]);

  useLayoutEffect(() => {
    if (!trace.current || size.width === 0) return;
    const paper: Paper = { ...size, pxPerMm: mm, speed, fromMs };
    const context = surface(trace.current, paper);
    if (context) drawLanes(context, paper, inkOf(trace.current), strip.lanes, gains, labels, text('strips.gap'));
  }, [paperKey, gainKey, strip]);

  const turn = (pages: number): void => setPage({ id: strip.id, fromMs: pagedFrom(fromMs, pages, shown, total) });
  const time = eventTimeText(strip.time, words);
  const state = strip.live
    ? text('strips.live')
    : episode === undefined
      ? text('strips.stored', { time })
      : text('strips.stored.episode', { time, episode });
  const sentence = text('strips.picture.name', {
    state,
    lanes: labels.join(', '),
    speed,
    from: (fromMs / 1_000).toFixed(1),
    to: (Math.min(total, fromMs + shown) / 1_000).toFixed(1),
    length: (total / 1_000).toFixed(1),
    markers: strip.lanes.reduce((count, lane) => count + lane.markers.length, 0),
  });

  return (
    <div className="strip">
      <p className="strip-banner">
        <b className={strip.live ? 'live' : 'stored'}>{state}</b>
        <span>{strip.live ? text('strips.monitor') : null}</span>
        <span>{isCalibrated() ? null : text('strips.notToScale')}</span>
      </p>
      {table ? (
        <MarkerTable strip={strip} />
      ) : (
        <div ref={frame} className="paper" role="img" aria-label={sentence} dir="ltr">
          <canvas ref={grid} />
          <canvas ref={trace} />
        </div>
      )}
      <div className="strip-keys">
        {pager}
        <Button onPress={() => turn(-1)} disabled={strip.live || table || fromMs <= 0}>
          {text('strips.back')}
        </Button>
        <Button onPress={() => turn(1)} disabled={strip.live || table || fromMs + shown >= total}>
          {text('strips.forward')}
        </Button>
        <Button
          onPress={() => setSpeed(SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length] ?? 25)}
          name={text('strips.speed.name', { speed })}
          disabled={table}
        >
          {text('strips.speed', { speed })}
        </Button>
        <Button
          onPress={() => setGainFactor(GAIN_FACTORS[(GAIN_FACTORS.indexOf(gainFactor) + 1) % GAIN_FACTORS.length] ?? 1)}
          name={text('strips.gain.name', { gain: gainTexts.filter(Boolean).join(', ') })}
          disabled={table}
        >
          {text('strips.gain', { gain: `×${gainFactor}` })}
        </Button>
        <Button onPress={() => setTable(!table)} pressed={table}>
          {text(table ? 'strips.picture' : 'strips.table')}
        </Button>
      </div>
    </div>
  );
}
