import type { StripLane } from '@onebox/gateway/card/model.js';
import { columns, GUTTER_MM, INTERVAL_MM, MARKER_MM, type Speed, usualExtent, xOf } from './geometry.js';

export interface Paper {
  readonly width: number;
  readonly height: number;
  readonly pxPerMm: number;
  readonly speed: Speed;
  readonly fromMs: number;
}

export interface Ink {
  readonly fg: string;
  readonly fg2: string;
  readonly bg: string;
  readonly grid1: string;
  readonly grid5: string;
  readonly font: string;
}

type Context = CanvasRenderingContext2D;

/** The paper: 1 mm and 5 mm lines (40 ms and 200 ms at 25 mm/s), and a tick every 3 s on top. */
export function drawGrid(canvas: Context, paper: Paper, ink: Ink): void {
  const { width, height, pxPerMm } = paper;
  canvas.fillStyle = ink.bg;
  canvas.fillRect(0, 0, width, height);
  for (const [step, colour] of [
    [1, ink.grid1],
    [5, ink.grid5],
  ] as const) {
    canvas.strokeStyle = colour;
    canvas.lineWidth = 1;
    canvas.beginPath();
    const origin = (GUTTER_MM % step) * pxPerMm;
    for (let x = origin; x <= width; x += step * pxPerMm) {
      canvas.moveTo(Math.round(x) + 0.5, 0);
      canvas.lineTo(Math.round(x) + 0.5, height);
    }
    for (let y = 0; y <= height; y += step * pxPerMm) {
      canvas.moveTo(0, Math.round(y) + 0.5);
      canvas.lineTo(width, Math.round(y) + 0.5);
    }
    canvas.stroke();
  }
  canvas.strokeStyle = ink.fg;
  canvas.lineWidth = 2;
  canvas.beginPath();
  for (let ms = Math.ceil(paper.fromMs / 3_000) * 3_000; ; ms += 3_000) {
    const x = xOf(ms, paper.fromMs, paper.speed, pxPerMm);
    if (x > width) break;
    canvas.moveTo(x, 0);
    canvas.lineTo(x, 2 * pxPerMm);
  }
  canvas.stroke();
}

/** All lanes over the paper: markers on top, one lane per channel, intervals below. */
export function drawLanes(
  canvas: Context,
  paper: Paper,
  ink: Ink,
  lanes: readonly StripLane[],
  gains: readonly number[],
  labels: readonly string[],
  gapText: string,
): void {
  canvas.clearRect(0, 0, paper.width, paper.height);
  const marked = lanes.find((lane) => lane.markers.length > 0);
  const top = marked ? MARKER_MM * paper.pxPerMm : 0;
  const bottom = marked ? INTERVAL_MM * paper.pxPerMm : 0;
  const laneHeight = (paper.height - top - bottom) / Math.max(1, lanes.length);
  for (const [index, lane] of lanes.entries())
    drawLane(
      canvas,
      paper,
      ink,
      lane,
      top + index * laneHeight,
      laneHeight,
      gains[index] ?? 1,
      labels[index] ?? '',
      gapText,
    );
  if (marked) drawMarkers(canvas, paper, ink, marked);
}

function drawLane(
  canvas: Context,
  paper: Paper,
  ink: Ink,
  lane: StripLane,
  top: number,
  height: number,
  gain: number,
  label: string,
  gapText: string,
): void {
  const { pxPerMm, speed, fromMs, width } = paper;
  const left = GUTTER_MM * pxPerMm;
  const pxPerMs = (speed * pxPerMm) / 1_000;
  const pxPerSample = gain * lane.scale * pxPerMm;
  const { low, high } = usualExtent(lane);
  const middle = top + height / 2 + ((low + high) / 2) * pxPerSample;
  const y = (sample: number): number => Math.min(top + height, Math.max(top, middle - sample * pxPerSample));

  canvas.save();
  canvas.beginPath();
  canvas.rect(left, top, width - left, height);
  canvas.clip();
  drawGaps(canvas, paper, ink, lane, top, height, gapText);
  canvas.strokeStyle = ink.fg;
  canvas.lineWidth = 2;
  canvas.lineJoin = 'round';
  for (const run of columns(lane, fromMs, fromMs + (width - left) / pxPerMs, pxPerMs)) {
    canvas.beginPath();
    for (const [index, column] of run.entries()) {
      const x = left + column.x + 0.5;
      if (index === 0) canvas.moveTo(x, y(column.first));
      else canvas.lineTo(x, y(column.first));
      if (column.low !== column.high) {
        canvas.lineTo(x, y(column.high));
        canvas.lineTo(x, y(column.low));
        canvas.lineTo(x, y(column.last));
      }
    }
    canvas.stroke();
  }
  canvas.restore();
  if (lane.unit === 'mV') drawCalibration(canvas, paper, ink, gain, top + height / 2);
  drawLabel(canvas, ink, label, left + pxPerMm, top + 2 * pxPerMm);
}

/** A step of 1 mV in the gutter: the reader sees the gain. */
function drawCalibration(canvas: Context, { pxPerMm }: Paper, ink: Ink, gain: number, middle: number): void {
  const step = gain * pxPerMm;
  canvas.strokeStyle = ink.fg;
  canvas.lineWidth = 2;
  canvas.beginPath();
  canvas.moveTo(0.5 * pxPerMm, middle + step / 2);
  canvas.lineTo(1.5 * pxPerMm, middle + step / 2);
  canvas.lineTo(1.5 * pxPerMm, middle - step / 2);
  canvas.lineTo(5 * pxPerMm, middle - step / 2);
  canvas.lineTo(5 * pxPerMm, middle + step / 2);
  canvas.lineTo(6 * pxPerMm, middle + step / 2);
  canvas.stroke();
}

function drawLabel(canvas: Context, ink: Ink, label: string, x: number, y: number): void {
  canvas.font = `700 ${ink.font}`;
  canvas.textBaseline = 'top';
  canvas.fillStyle = ink.bg;
  canvas.fillRect(x - 2, y - 2, canvas.measureText(label).width + 4, Number.parseInt(ink.font, 10) * 1.2);
  canvas.fillStyle = ink.fg;
  canvas.fillText(label, x, y);
}

function drawGaps(
  canvas: Context,
  paper: Paper,
  ink: Ink,
  lane: StripLane,
  top: number,
  height: number,
  gapText: string,
): void {
  for (const gap of lane.gaps) {
    const start = xOf(gap.first * lane.periodMs, paper.fromMs, paper.speed, paper.pxPerMm);
    const end = xOf((gap.first + gap.count) * lane.periodMs, paper.fromMs, paper.speed, paper.pxPerMm);
    if (end < 0 || start > paper.width) continue;
    canvas.save();
    canvas.beginPath();
    canvas.rect(start, top, end - start, height);
    canvas.clip();
    canvas.strokeStyle = ink.fg2;
    canvas.lineWidth = 1.5;
    canvas.beginPath();
    for (let x = start - height; x < end; x += 2 * paper.pxPerMm) {
      canvas.moveTo(x, top + height);
      canvas.lineTo(x + height, top);
    }
    canvas.stroke();
    canvas.restore();
    if (end - start > 15 * paper.pxPerMm) drawLabel(canvas, ink, gapText, start + paper.pxPerMm, top + height / 2);
  }
}

/** Codes that reach full height: paced beats and shocks. */
const TALL = new Set(['AP', 'VP', 'LVP', 'BV', 'SHOCK']);
const HOLLOW = new Set(['Ar', 'Vr']);

function drawMarkers(canvas: Context, paper: Paper, ink: Ink, lane: StripLane): void {
  const { pxPerMm } = paper;
  const height = MARKER_MM * pxPerMm;
  const size = Number.parseInt(ink.font, 10);
  let lastText = Number.NEGATIVE_INFINITY;
  let before: number | undefined;
  canvas.textBaseline = 'top';
  for (const marker of lane.markers) {
    const at = marker.sample * lane.periodMs;
    const x = xOf(at, paper.fromMs, paper.speed, pxPerMm);
    const visible = x >= GUTTER_MM * pxPerMm && x <= paper.width;
    if (visible) {
      drawMarker(canvas, ink, marker.code, x, height, pxPerMm);
      const label = marker.text ? `${marker.code} ${marker.text}` : marker.code;
      canvas.font = `700 ${ink.font}`;
      const half = canvas.measureText(label).width / 2;
      if (x - half > lastText) {
        canvas.fillStyle = ink.fg;
        canvas.fillText(label, x - half, 0.5 * pxPerMm);
        lastText = x + half + 2;
      }
      if (before !== undefined) drawInterval(canvas, paper, ink, before, at, size);
    }
    before = at;
  }
}

function drawMarker(canvas: Context, ink: Ink, code: string, x: number, height: number, pxPerMm: number): void {
  const top = height * 0.55;
  canvas.strokeStyle = ink.fg;
  canvas.fillStyle = ink.fg;
  canvas.lineWidth = code === 'CHG' ? 2 : TALL.has(code) ? 5 : 3;
  canvas.setLineDash(code === 'CHG' ? [4, 3] : []);
  canvas.beginPath();
  if (HOLLOW.has(code)) canvas.rect(x - pxPerMm / 2, top, pxPerMm, height - top);
  else {
    canvas.moveTo(x, TALL.has(code) ? height * 0.45 : top);
    canvas.lineTo(x, height);
  }
  if (code === 'TS' || code === 'FS') {
    canvas.moveTo(x - pxPerMm, top);
    canvas.lineTo(x + pxPerMm, top);
  }
  canvas.stroke();
  canvas.setLineDash([]);
}

/** Milliseconds between two markers, in the row below the lanes. */
function drawInterval(canvas: Context, paper: Paper, ink: Ink, from: number, to: number, size: number): void {
  const x = xOf((from + to) / 2, paper.fromMs, paper.speed, paper.pxPerMm);
  const label = String(Math.round(to - from));
  canvas.font = ink.font;
  const half = canvas.measureText(label).width / 2;
  const room = ((to - from) / 1_000) * paper.speed * paper.pxPerMm;
  if (x - half < GUTTER_MM * paper.pxPerMm || half * 2 > room) return;
  const y = paper.height - INTERVAL_MM * paper.pxPerMm + (INTERVAL_MM * paper.pxPerMm - size) / 2;
  canvas.fillStyle = ink.bg;
  canvas.fillRect(x - half - 2, y - 1, half * 2 + 4, size * 1.15);
  canvas.fillStyle = ink.fg;
  canvas.fillText(label, x - half, y);
}
