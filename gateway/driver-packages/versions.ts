/** Order of versions as of Semantic Versioning 2.0, clause 11: below zero when `a` is the older one. */
export function compareVersions(a: string, b: string): number {
  const [first, second] = [parts(a), parts(b)];
  for (const [index, number] of first.numbers.entries()) {
    const difference = number - (second.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  if (first.before.length === 0 || second.before.length === 0) return second.before.length - first.before.length;
  for (const [index, word] of first.before.entries()) {
    const other = second.before[index];
    if (other === undefined) return 1;
    const difference = compareWords(word, other);
    if (difference !== 0) return difference;
  }
  return first.before.length - second.before.length;
}

/** The newest of them; undefined of none. */
export function newest(versions: readonly (string | undefined)[]): string | undefined {
  return versions
    .filter((version) => version !== undefined)
    .toSorted(compareVersions)
    .at(-1);
}

function parts(version: string): { readonly numbers: readonly number[]; readonly before: readonly string[] } {
  const [core = '', ...words] = version.split('-');
  return { numbers: core.split('.').map(Number), before: words.length === 0 ? [] : words.join('-').split('.') };
}

/** Numbers by value and before words. */
function compareWords(a: string, b: string): number {
  const [first, second] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (first && second) return Number(a) - Number(b);
  if (first !== second) return first ? -1 : 1;
  return a === b ? 0 : a < b ? -1 : 1;
}
