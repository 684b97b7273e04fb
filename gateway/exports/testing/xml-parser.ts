/** For tests: reads elements, attributes and text of XML 1.0, strictly. Nothing of it is shared with what writes them. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  /** Without white space at its ends. */
  readonly text: string;
}

const TAG = /<(\/?)([A-Za-z][\w.-]*)((?:\s+[A-Za-z][\w.-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y;
const ATTRIBUTE = /([A-Za-z][\w.-]*)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Throws SyntaxError for what is not well-formed. */
export function parseXml(document: string): Element {
  if (/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u.test(document))
    throw new SyntaxError('a character that XML does not know');
  const text = document.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n?/, '');
  const open: { name: string; attributes: Record<string, string>; children: Element[]; text: string }[] = [];
  let root: Element | undefined;
  let at = 0;
  while (at < text.length) {
    if (text[at] !== '<') {
      const end = text.indexOf('<', at);
      const run = decode(text.slice(at, end < 0 ? text.length : end));
      const inner = open.at(-1);
      if (inner) inner.text += run;
      else if (run.trim() !== '') throw new SyntaxError('text outside the root');
      at = end < 0 ? text.length : end;
      continue;
    }
    TAG.lastIndex = at;
    const match = TAG.exec(text);
    if (!match) throw new SyntaxError(`no tag: ${text.slice(at, at + 60)}`);
    const [whole, closing, name, rest, empty] = match as unknown as [string, string, string, string, string];
    at += whole.length;
    if (closing === '') {
      if (root) throw new SyntaxError('two roots');
      open.push({ name, attributes: attributesOf(rest), children: [], text: '' });
      if (empty === '') continue;
    } else if (open.at(-1)?.name !== name || rest !== '' || empty !== '') throw new SyntaxError(`</${name}>`);
    const done = open.pop()!;
    const finished = { ...done, text: done.text.trim() };
    const parent = open.at(-1);
    if (parent) parent.children.push(finished);
    else root = finished;
  }
  if (!root || open.length > 0) throw new SyntaxError('the end is missing');
  return root;
}

function attributesOf(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, name, double, single] of text.matchAll(ATTRIBUTE)) {
    if (Object.hasOwn(found, name!)) throw new SyntaxError(`twice: ${name}`);
    // A line end or a tab that is not written as a reference is read as a blank.
    found[name!] = decode((double ?? single ?? '').replace(/[\t\n\r]/g, ' '));
  }
  return found;
}

function decode(text: string): string {
  return text.replace(
    /&(#(\d+)|#x([0-9a-fA-F]+)|[a-z]+)?;?/g,
    (whole, name?: string, decimal?: string, hex?: string) => {
      if (!whole.endsWith(';') || name === undefined) throw new SyntaxError(`no entity: ${whole}`);
      if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
      const known = ENTITIES[name];
      if (known === undefined) throw new SyntaxError(`no entity: ${whole}`);
      return known;
    },
  );
}
