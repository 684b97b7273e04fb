import type { Strip, StripLane } from '@onebox/gateway/card/model.js';

/** How much of a live signal is kept: more than one screen at 12.5 mm/s. */
const KEEP_MS = 30_000;

/**
 * Adds the samples of an arriving piece to what is there, by time: a piece that overlaps replaces, a
 * piece that comes late leaves a gap. So a gateway may send windows or only what is new.
 */
export function joinLive(before: Strip | undefined, piece: Strip): Strip {
  const start = before?.time.at;
  const at = piece.time.at;
  if (
    !before ||
    before.id !== piece.id ||
    start === undefined ||
    at === undefined ||
    before.lanes.length !== piece.lanes.length
  )
    return piece;
  const lanes: StripLane[] = [];
  let drop = 0;
  for (const [index, lane] of piece.lanes.entries()) {
    const old = before.lanes[index];
    if (!old || old.periodMs !== lane.periodMs || at < start) return piece;
    const offset = Math.round((at - start) / lane.periodMs);
    if ((offset - old.samples.length) * lane.periodMs > KEEP_MS) return piece;
    const kept = old.samples.slice(0, offset);
    const missing = offset - kept.length;
    const samples = [...kept, ...new Array<number>(Math.max(0, missing)).fill(0), ...lane.samples];
    const gaps = [
      ...old.gaps.filter((gap) => gap.first + gap.count <= offset),
      ...(missing > 1 ? [{ first: kept.length, count: missing }] : []),
      ...lane.gaps.map((gap) => ({ first: gap.first + offset, count: gap.count })),
    ];
    const markers = [
      ...old.markers.filter((marker) => marker.sample < offset),
      ...lane.markers.map((marker) => ({ ...marker, sample: marker.sample + offset })),
    ];
    drop = Math.max(drop, samples.length * lane.periodMs - KEEP_MS);
    lanes.push({ ...lane, samples, gaps, markers });
  }
  return drop > 0
    ? cutStart({ ...piece, time: { ...piece.time, at: start }, lanes }, drop)
    : { ...piece, time: { ...piece.time, at: start }, lanes };
}

function cutStart(strip: Strip, milliseconds: number): Strip {
  const periods = strip.lanes.map((lane) => lane.periodMs);
  // Cut whole samples of the slowest lane, so that lanes stay aligned.
  const step = Math.max(...periods, 1);
  const cut = Math.ceil(milliseconds / step) * step;
  const lanes = strip.lanes.map((lane) => {
    const count = Math.round(cut / lane.periodMs);
    const gaps = lane.gaps.flatMap((gap) => {
      const first = Math.max(0, gap.first - count);
      const last = gap.first + gap.count - count;
      return last <= 0 ? [] : [{ first, count: last - first }];
    });
    return {
      ...lane,
      samples: lane.samples.slice(count),
      gaps,
      markers: lane.markers.flatMap((m) => (m.sample < count ? [] : [{ ...m, sample: m.sample - count }])),
    };
  });
  return { ...strip, time: { ...strip.time, at: (strip.time.at ?? 0) + cut }, lanes };
}
