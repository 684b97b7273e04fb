import type { Trend, TrendPoint } from '@onebox/gateway/card/model.js';
import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react';
import { ageText, spanText, whenText } from '../format/time.js';
import { phraseText, printValue, valueText } from '../format/value.js';
import type { Words } from '../format/words.js';
import { text } from '../messages/i18n.js';
import { useWords } from '../state/clock.js';
import { pxPerMm } from '../state/scale.js';
import { curve, drawn, extremes, nearest, plotOf, TREND_MM, xAt, yAt } from '../trend/geometry.js';
import { Button } from './Button.js';
import { TrendTable } from './TrendTable.js';

const STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -10,
  PageUp: 10,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

const numberOf = (trend: Trend, { text: value }: TrendPoint) =>
  ({ kind: 'number', text: value, unit: trend.unit }) as const;

/** `14:05`, or how long before the last value where the device has no time. */
export function pointTime(trend: Trend, { at }: TrendPoint, words: Words): string {
  if (trend.anchored) return whenText(at, words);
  return at === 0 ? text('trends.last') : text('trends.before', { span: spanText(at, words) });
}

/** `14:05 · 5.4 mmol/L`. */
function pointText(trend: Trend, point: TrendPoint, words: Words): string {
  return `${pointTime(trend, point, words)} · ${valueText(numberOf(trend, point), words)}`;
}

/** One trend: its curve with lowest, highest and limits, the last value in large, a cursor, and its table. */
export function TrendView({ trend, points }: { readonly trend: Trend; readonly points: readonly TrendPoint[] }) {
  const words = useWords();
  const [width, setWidth] = useState(0);
  const [table, setTable] = useState(false);
  const [cursor, setCursor] = useState<number | undefined>(undefined);
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!frame.current) return;
    const observer = new ResizeObserver(([entry]) => entry && setWidth(entry.contentRect.width));
    observer.observe(frame.current);
    return () => observer.disconnect();
    // The frame is another one when it comes back in place of the table.
  }, [table]);

  const label = phraseText(trend.label, words);
  const first = points[0];
  const last = points.at(-1);
  const ends = extremes(points);
  const latest = trend.points.at(-1);
  if (!first || !last || !ends || !latest)
    return (
      <section className="trend" aria-label={label}>
        <h2>{label}</h2>
        <p className="empty">
          {text('trends.none.span')} {latest ? pointText(trend, latest, words) : ''}
        </p>
      </section>
    );
  const height = TREND_MM * pxPerMm();
  const plot = plotOf(points, trend.limits, width, height);
  const { path, dots } = curve(points, trend.gapMs, plot);
  const index = Math.min(cursor ?? points.length - 1, points.length - 1);
  const at = points[index] ?? last;
  const move = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    setCursor(Math.min(points.length - 1, Math.max(0, index + step)));
  };
  const point = (event: PointerEvent): void => {
    const left = event.currentTarget.querySelector('svg')?.getBoundingClientRect().left ?? 0;
    setCursor(nearest(points, plot, event.clientX - left));
  };
  const unit = printValue(numberOf(trend, last), words).unit;
  const name = text('trends.name', {
    label,
    count: points.length,
    lowest: pointText(trend, ends.lowest, words),
    highest: pointText(trend, ends.highest, words),
  });
  return (
    <section className="trend" aria-label={label}>
      <h2>
        {label} <span className="secondary">{unit}</span>
      </h2>
      <div className="trend-body">
        {table ? (
          <TrendTable trend={trend} points={points} label={label} />
        ) : (
          <div className="trend-plot" dir="ltr">
            <div
              ref={frame}
              className="trend-frame"
              role="slider"
              tabIndex={0}
              aria-label={name}
              aria-valuemin={1}
              aria-valuemax={points.length}
              aria-valuenow={index + 1}
              aria-valuetext={`${pointTime(trend, at, words)}, ${printValue(numberOf(trend, at), words).spoken}`}
              onKeyDown={move}
              onPointerUp={point}
            >
              <svg width={width} height={height} viewBox={`0 0 ${Math.max(1, width)} ${height}`} aria-hidden="true">
                <path d={path} className="trend-line" />
                {dots.map((dot) => (
                  <circle
                    key={dot.at}
                    cx={xAt(plot, dot.at)}
                    cy={yAt(plot, drawn(dot))}
                    r={3.5}
                    className="trend-dot"
                  />
                ))}
                {trend.limits.map((limit) => (
                  <g key={`${limit.kind} ${limit.text}`} className="trend-limit">
                    <line x1={0} x2={width} y1={yAt(plot, drawn(limit))} y2={yAt(plot, drawn(limit))} />
                    <text x={4} y={Math.max(18, yAt(plot, drawn(limit)) - 6)}>
                      {text('trends.limit', {
                        value: valueText({ kind: 'number', text: limit.text, unit: limit.unit }, words),
                      })}
                    </text>
                  </g>
                ))}
                {cursor === undefined ? null : (
                  <g className="trend-cursor">
                    <line x1={xAt(plot, at.at)} x2={xAt(plot, at.at)} y1={0} y2={height} />
                    <circle cx={xAt(plot, at.at)} cy={yAt(plot, drawn(at))} r={7} />
                  </g>
                )}
              </svg>
            </div>
            <p className="trend-axis">
              <span>{pointText(trend, first, words)}</span>
              <b>
                {cursor === undefined
                  ? text('trends.range', {
                      lowest: valueText(numberOf(trend, ends.lowest), words),
                      highest: valueText(numberOf(trend, ends.highest), words),
                    })
                  : pointText(trend, at, words)}
              </b>
              <span>{pointTime(trend, last, words)}</span>
            </p>
          </div>
        )}
        <div className="trend-side">
          <p className="trend-last">
            <bdi dir="ltr">
              <b>{printValue(numberOf(trend, last), words).main}</b> <span className="unit">{unit}</span>
            </bdi>
            <span className="when">{trend.anchored ? ageText(last.at, words) : text('trends.untimed')}</span>
          </p>
          <Button
            kind="quiet"
            onPress={() => setTable(!table)}
            pressed={table}
            name={text(table ? 'trends.plot.name' : 'trends.table.name', { label })}
          >
            {text(table ? 'trends.plot' : 'trends.table')}
          </Button>
        </div>
      </div>
    </section>
  );
}
