/**
 * Name patterns of manifests: `*` any run, `?` one character, `#` one digit, all else literally and
 * case-sensitive. Matching takes at most pattern x name steps, so no pattern can be a bomb.
 */
export function globMatches(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    if (p < pattern.length && pattern[p] === '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.length && accepts(pattern[p]!, text[t]!)) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

/** How much a pattern says: 2 for a literal character, 1 for a digit. The more special of two patterns wins. */
export function globSpecificity(pattern: string): number {
  let sum = 0;
  for (const character of pattern) sum += character === '*' || character === '?' ? 0 : character === '#' ? 1 : 2;
  return sum;
}

/** What every matching name starts with. */
export function globPrefix(pattern: string): string {
  return /^[^*?#]*/.exec(pattern)![0];
}

/** Whether some name matches both. */
export function globsOverlap(a: string, b: string): boolean {
  const known = new Map<number, boolean>();
  const overlap = (i: number, j: number): boolean => {
    const key = i * (b.length + 1) + j;
    const before = known.get(key);
    if (before !== undefined) return before;
    known.set(key, false);
    const x = a[i];
    const y = b[j];
    let result: boolean;
    if (x === undefined && y === undefined) result = true;
    else if (x === '*') result = overlap(i + 1, j) || (y !== undefined && overlap(i, j + 1));
    else if (y === '*') result = overlap(i, j + 1) || (x !== undefined && overlap(i + 1, j));
    else result = x !== undefined && y !== undefined && share(x, y) && overlap(i + 1, j + 1);
    known.set(key, result);
    return result;
  };
  return overlap(0, 0);
}

const digit = (character: string) => character >= '0' && character <= '9';

function accepts(token: string, character: string): boolean {
  return token === '?' || token === character || (token === '#' && digit(character));
}

function share(x: string, y: string): boolean {
  if (x === '?' || y === '?' || x === y) return true;
  return (x === '#' && digit(y)) || (y === '#' && digit(x));
}
