/** Median, extremes and their like of a list of numbers. */
export function summary(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: quantile(sorted, 0.5), min: sorted[0], max: sorted.at(-1) };
}

export const median = (values) => summary(values).median;

/** The value below which the part `q` of a sorted list lies, interpolated. */
export function quantile(sorted, q) {
  const place = (sorted.length - 1) * q;
  const low = Math.floor(place);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (sorted[high] - sorted[low]) * (place - low);
}

/** Ratio of each pair, so that what the machine did meanwhile met both sides. */
export const ratios = (product, baseline) => product.map((value, at) => value / baseline[at]);
