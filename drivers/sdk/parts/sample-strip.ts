import type { Decimal, SampleArray } from '@onebox/protocol/messages.js';

/** Values at equal distances as a strip. Where there is none stays a gap: nothing is joined, and nothing is made up. */

/** Each place of a gap is 0 and means nothing. */
export interface DenseSamples {
  readonly sample: number[];
  readonly gap: { first: number; count: number }[];
}

export function denseSamples(values: readonly (number | undefined)[]): DenseSamples {
  const gap: { first: number; count: number }[] = [];
  for (const [place, value] of values.entries()) {
    if (value !== undefined) continue;
    const open = gap.at(-1);
    if (open !== undefined && open.first + open.count === place) open.count += 1;
    else gap.push({ first: place, count: 1 });
  }
  return { sample: values.map((value) => value ?? 0), gap };
}

/** The values as they are, in `unit`, one every `periodMs`. */
export function sampleStrip(values: readonly (number | undefined)[], periodMs: Decimal, unit: string): SampleArray {
  const scale = { coefficient: 1, exponent: 0 };
  return { periodMs, scale, offset: { coefficient: 0, exponent: 0 }, unit, ...denseSamples(values) };
}
