/** Runs a few at a time, results in order: reads of simulated devices wait more than they work. */
export async function fewAtATime<T, R>(items: readonly T[], work: (item: T) => Promise<R>, count = 4): Promise<R[]> {
  const results: R[] = [];
  const waiting = [...items.entries()];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) results[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: count }, worker));
  return results;
}
