import type { StripLane } from '@onebox/gateway/card/model.js';
import { type ReactNode, useEffect, useLayoutEffect, useRef, useSyncExternalStore } from 'react';
import { text } from '../messages/i18n.js';
import { subscribeTheme, theme } from '../state/theme.js';
import { drawGrid, drawLanes, type Ink, type Paper } from '../strip/draw.js';

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

export interface PaperSize {
  readonly width: number;
  readonly height: number;
}

/** Two canvases: the grid drawn once, the traces when something changes. `children` lie over them. */
export function StripPaper({
  paper,
  lanes,
  gains,
  labels,
  name,
  onSize,
  children,
}: {
  readonly paper: Paper;
  readonly lanes: readonly StripLane[];
  readonly gains: readonly number[];
  readonly labels: readonly string[];
  readonly name: string;
  readonly onSize: (size: PaperSize) => void;
  readonly children?: ReactNode;
}) {
  const frame = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLCanvasElement>(null);
  const trace = useRef<HTMLCanvasElement>(null);
  const colours = useSyncExternalStore(subscribeTheme, theme);
  const resized = useRef(onSize);
  resized.current = onSize;

  useEffect(() => {
    if (!frame.current) return;
    const observer = new ResizeObserver(
      ([entry]) => entry && resized.current({ width: entry.contentRect.width, height: entry.contentRect.height }),
    );
    observer.observe(frame.current);
    return () => observer.disconnect();
  }, []);

  const { width, height, pxPerMm, speed, fromMs } = paper;
  const paperKey = [width, height, pxPerMm, speed, fromMs, colours].join();
  useLayoutEffect(() => {
    const context = grid.current && width > 0 ? surface(grid.current, paper) : null;
    if (context && grid.current) drawGrid(context, paper, inkOf(grid.current));
  }, [paperKey]);
  useLayoutEffect(() => {
    const context = trace.current && width > 0 ? surface(trace.current, paper) : null;
    if (context && trace.current)
      drawLanes(context, paper, inkOf(trace.current), lanes, gains, labels, text('strips.gap'));
  }, [paperKey, gains.join(), labels.join(), lanes]);

  return (
    <div ref={frame} className="paper" dir="ltr">
      <div className="paper-picture" role="img" aria-label={name}>
        <canvas ref={grid} />
        <canvas ref={trace} />
      </div>
      {children}
    </div>
  );
}
