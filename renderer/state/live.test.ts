import type { Strip } from '@onebox/gateway/card/model.js';
import { describe, expect, it } from 'vitest';
import { joinLive } from './live.js';

const piece = (at: number, samples: readonly number[], periodMs = 10): Strip => ({
  id: 'live',
  live: true,
  time: { at, quality: 'tablet' },
  lanes: [
    {
      label: { kind: 'word', id: 'x' },
      unit: '1',
      periodMs,
      samples,
      scale: 1,
      offset: 0,
      gaps: [],
      markers: [{ sample: 0, code: 'VS', text: '' }],
    },
  ],
});

describe('joinLive', () => {
  it('appends what follows and replaces what overlaps', () => {
    const joined = joinLive(piece(0, [1, 2, 3]), piece(30, [4, 5]));
    expect(joined.lanes[0]?.samples).toEqual([1, 2, 3, 4, 5]);
    expect(joined.lanes[0]?.markers.map(({ sample }) => sample)).toEqual([0, 3]);
    expect(joinLive(joined, piece(0, [1, 2, 3, 4, 5, 6])).lanes[0]?.samples).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('leaves a gap where samples are missing', () => {
    const joined = joinLive(piece(0, [1, 2]), piece(60, [7]));
    expect(joined.lanes[0]?.gaps).toEqual([{ first: 2, count: 4 }]);
    expect(joined.lanes[0]?.samples).toHaveLength(7);
  });

  it('keeps half a minute', () => {
    let strip = piece(0, new Array(100).fill(1));
    for (let at = 1_000; at < 60_000; at += 1_000) strip = joinLive(strip, piece(at, new Array(100).fill(1)));
    expect(strip.lanes[0]?.samples).toHaveLength(3_000);
    expect(strip.time.at).toBe(30_000);
  });

  it('starts anew for another signal, after a long silence, and when time goes back', () => {
    expect(joinLive(piece(0, [1]), { ...piece(10, [2]), id: 'other' }).lanes[0]?.samples).toEqual([2]);
    expect(joinLive(piece(0, [1]), piece(100_000, [2])).lanes[0]?.samples).toEqual([2]);
    expect(joinLive(piece(1_000, [1]), piece(0, [2])).lanes[0]?.samples).toEqual([2]);
  });
});
