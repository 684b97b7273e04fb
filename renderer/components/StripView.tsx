import type { Strip } from '@onebox/gateway/card/model.js';
import { type ReactNode, useState } from 'react';
import { clockText, eventTimeText } from '../format/time.js';
import { unitWords } from '../format/unit.js';
import { printValue } from '../format/value.js';
import { text } from '../messages/i18n.js';
import { announcer } from '../state/announce.js';
import { now, useWords } from '../state/clock.js';
import { isCalibrated, pxPerMm } from '../state/scale.js';
import { type CaliperPair, difference, interval, movedTo, placed } from '../strip/calipers.js';
import type { Paper } from '../strip/draw.js';
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
import { CaliperKeys, CaliperLines, type Which } from './Calipers.js';
import { MarkerTable } from './MarkerTable.js';
import { type PaperSize, StripPaper } from './StripPaper.js';

/** Multiples of the fitting gain that the gain button goes through. */
const GAIN_FACTORS = [1, 2, 0.5] as const;

/** Calipers and what they lie on: a live signal stands still for them. */
interface Measuring {
  readonly strip: Strip;
  readonly heldAt?: number;
  readonly pair: CaliperPair;
  readonly chosen: Which;
}

/** A strip on its paper, with paging, speed, gain, calipers and the table of its markers. */
export function StripView({
  strip: shownStrip,
  episode,
  pager,
}: {
  readonly strip: Strip;
  readonly episode?: number;
  readonly pager?: ReactNode;
}) {
  const [size, setSize] = useState<PaperSize>({ width: 0, height: 0 });
  const [speed, setSpeed] = useState<Speed>(25);
  const [gainFactor, setGainFactor] = useState<(typeof GAIN_FACTORS)[number]>(1);
  const [page, setPage] = useState({ id: shownStrip.id, fromMs: 0 });
  const [table, setTable] = useState(false);
  const [measuring, setMeasuring] = useState<Measuring | undefined>(undefined);
  const words = useWords();

  const calipers = measuring?.strip.id === shownStrip.id ? measuring : undefined;
  const strip = calipers?.strip ?? shownStrip;
  const running = strip.live && !calipers;
  const mm = pxPerMm();
  const total = lengthMs(strip.lanes);
  const shown = windowMs(size.width, speed, mm);
  const wanted = page.id === strip.id ? page.fromMs : 0;
  const fromMs = running ? Math.max(0, total - shown) : pagedFrom(wanted, 0, shown, total);
  const marked = strip.lanes.some((lane) => lane.markers.length > 0);
  const laneMm = (size.height / mm - (marked ? MARKER_MM + INTERVAL_MM : 0)) / Math.max(1, strip.lanes.length);
  const gains = strip.lanes.map((lane) => fittingGain(lane, laneMm) * gainFactor);
  const gainTexts = strip.lanes.map((lane, index) => {
    const unit = unitWords(lane.unit).shown;
    return unit === '' ? '' : `${gains[index]} mm/${unit}`;
  });
  const names = strip.lanes.map((lane) => printValue(lane.label, words).main);
  const labels = names.map((name, index) => [name, gainTexts[index]].filter(Boolean).join(' · '));
  const paper: Paper = { ...size, pxPerMm: mm, speed, fromMs };

  const turn = (pages: number): void => setPage({ id: strip.id, fromMs: pagedFrom(fromMs, pages, shown, total) });
  const measure = (): void => {
    setPage({ id: strip.id, fromMs });
    setMeasuring({
      strip,
      ...(strip.live ? { heldAt: now() } : {}),
      pair: placed(fromMs, shown, total),
      chosen: 0,
    });
    announcer.say(text('strips.calipers.on'));
  };
  const move = (which: Which, ms: number): void => {
    if (!calipers) return;
    const pair = movedTo(calipers.pair, which, ms, total);
    setMeasuring({ ...calipers, pair, chosen: which });
    const place = pair[which];
    if (place < fromMs || place > fromMs + shown)
      setPage({ id: strip.id, fromMs: pagedFrom(place - shown / 2, 0, shown, total) });
  };
  const choose = (chosen: Which): void => {
    if (calipers && calipers.chosen !== chosen) setMeasuring({ ...calipers, chosen });
  };

  const reading = calipers ? measured(calipers, names) : [];
  const time = eventTimeText(strip.time, words);
  const state =
    calipers?.heldAt !== undefined
      ? text('strips.held', { time: clockText(calipers.heldAt, words, true) })
      : strip.live
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
        <b className={running ? 'live' : 'stored'}>{state}</b>
        {calipers ? (
          <output className="measured">
            <b>{reading[0]}</b> {reading.slice(1).join(' · ')}
          </output>
        ) : (
          <>
            <span>{strip.live ? text('strips.monitor') : null}</span>
            <span>{isCalibrated() ? null : text('strips.notToScale')}</span>
          </>
        )}
      </p>
      {table ? (
        <MarkerTable strip={strip} />
      ) : (
        <StripPaper paper={paper} lanes={strip.lanes} gains={gains} labels={labels} name={sentence} onSize={setSize}>
          {calipers ? (
            <CaliperLines
              paper={paper}
              pair={calipers.pair}
              chosen={calipers.chosen}
              totalMs={total}
              reading={reading.join('. ')}
              onChoose={choose}
              onMove={move}
            />
          ) : null}
        </StripPaper>
      )}
      <div className="strip-keys">
        {calipers ? (
          <CaliperKeys
            chosen={calipers.chosen}
            onChoose={choose}
            onStep={(ms) => move(calipers.chosen, calipers.pair[calipers.chosen] + ms)}
            onDone={() => setMeasuring(undefined)}
          />
        ) : (
          <>
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
              onPress={() =>
                setGainFactor(GAIN_FACTORS[(GAIN_FACTORS.indexOf(gainFactor) + 1) % GAIN_FACTORS.length] ?? 1)
              }
              name={text('strips.gain.name', {
                factor: `×${gainFactor}`,
                gain: gainTexts.filter(Boolean).join(', '),
              })}
              disabled={table}
            >
              {text('strips.gain', { gain: `×${gainFactor}` })}
            </Button>
            <Button onPress={measure} disabled={table}>
              {text('strips.calipers')}
            </Button>
            <Button onPress={() => setTable(!table)} pressed={table}>
              {text(table ? 'strips.picture' : 'strips.table')}
            </Button>
          </>
        )}
      </div>
    </div>
  );
}

/** `412 ms · 146 /min`, then `V EGM 1.20 mV` of each lane: the later caliper less the earlier one. */
function measured({ strip, pair }: Measuring, names: readonly string[]): readonly string[] {
  const { ms, perMinute } = interval(pair);
  const lanes = strip.lanes.map((lane, index) => {
    const value = difference(lane, pair);
    return value === undefined ? '' : `${names[index]} ${value}\u00a0${unitWords(lane.unit).shown}`;
  });
  const rate = perMinute === undefined ? '' : ` · ${perMinute}\u00a0/min`;
  return [`${ms}\u00a0ms${rate}`, ...lanes].filter(Boolean);
}
