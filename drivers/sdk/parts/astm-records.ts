/** Records of ASTM E1394 (CLSI LIS02-A2), section 6: text of one record to fields. */

/** The separators of a message, as its header record states them. */
export interface AstmDelimiters {
  readonly field: string;
  readonly repeat: string;
  readonly component: string;
  readonly escape: string;
}

/** What every instrument that we know of uses, and what counts until a header says otherwise. */
export const DEFAULT_DELIMITERS: AstmDelimiters = { field: '|', repeat: '\\', component: '^', escape: '&' };

export type AstmComponent = string | null;
/** Empty: null. With components: a list. With the repeat character: a list of such lists. */
export type AstmField = AstmComponent | readonly AstmComponent[] | readonly (readonly AstmComponent[])[];

/** The delimiters of a header record; undefined when it is not one, or when they cannot tell fields apart. */
export function headerDelimiters(record: string): AstmDelimiters | undefined {
  if (record[0] !== 'H') return undefined;
  const four = record.slice(1, 5);
  if (new Set(four).size !== 4 || !/^[!-/:-@[-`{-~]{4}$/.test(four)) return undefined;
  return { field: four[0]!, repeat: four[1]!, component: four[2]!, escape: four[3]! };
}

/** Splits a record into fields without looking into them. The delimiters of a header stay in one piece. */
export function splitAstmRecord(record: string, delimiters: AstmDelimiters = DEFAULT_DELIMITERS): readonly string[] {
  if (headerDelimiters(record) === undefined) return record.split(delimiters.field);
  const [first, ...rest] = record.slice(5).split(delimiters.field);
  return ['H', record.slice(2, 5) + (first ?? ''), ...rest];
}

/**
 * Parses a record. The first field of a header after its letter, the delimiters themselves, is taken verbatim.
 * @param record one record without its CR
 */
export function parseAstmRecord(record: string, delimiters: AstmDelimiters = DEFAULT_DELIMITERS): readonly AstmField[] {
  const header = headerDelimiters(record) !== undefined;
  return splitAstmRecord(record, delimiters).map((field, index) =>
    header && index === 1 ? field : parseField(field, delimiters),
  );
}

/** The parts of one field; a field without components is a list of one, an empty one the empty list. */
export function fieldComponents(field: string | undefined, delimiters: AstmDelimiters): readonly AstmComponent[] {
  if (field === undefined || field === '') return [];
  return field.split(delimiters.component).map((part) => leaf(part, delimiters));
}

function parseField(field: string, delimiters: AstmDelimiters): AstmField {
  if (field.includes(delimiters.repeat)) {
    return field.split(delimiters.repeat).map((part) => components(part, delimiters));
  }
  return field.includes(delimiters.component) ? components(field, delimiters) : leaf(field, delimiters);
}

function components(field: string, delimiters: AstmDelimiters): readonly AstmComponent[] {
  return field.split(delimiters.component).map((part) => leaf(part, delimiters));
}

function leaf(part: string, delimiters: AstmDelimiters): AstmComponent {
  return part === '' ? null : resolveEscapes(part, delimiters);
}

/** Escape sequences of 6.6.5: F, S, R and E between two escape characters stand for the delimiters. */
function resolveEscapes(part: string, delimiters: AstmDelimiters): string {
  const mark = delimiters.escape;
  if (!part.includes(mark)) return part;
  const meaning: Readonly<Record<string, string>> = {
    F: delimiters.field,
    S: delimiters.component,
    R: delimiters.repeat,
    E: mark,
  };
  let text = '';
  for (let index = 0; index < part.length; index += 1) {
    const known = part[index] === mark && part[index + 2] === mark ? meaning[part[index + 1]!] : undefined;
    text += known ?? part[index]!;
    if (known !== undefined) index += 2;
  }
  return text;
}

/** Parses the records of a session in order, each with the delimiters of the header before it. */
export class AstmRecordReader {
  private current = DEFAULT_DELIMITERS;

  read(record: string): AstmRecord {
    this.current = headerDelimiters(record) ?? this.current;
    return astmRecord(record, this.current);
  }
}

export interface AstmRecord {
  readonly text: string;
  /** First field: H, P, O, R, C, L, M, Q, S or what else was sent. */
  readonly type: string;
  /** Fields as sent, unsplit; `raw[3]` is field 4 of the standard. */
  readonly raw: readonly string[];
  readonly delimiters: AstmDelimiters;
}

export function astmRecord(text: string, delimiters: AstmDelimiters = DEFAULT_DELIMITERS): AstmRecord {
  const raw = splitAstmRecord(text, delimiters);
  return { text, type: raw[0] ?? '', raw, delimiters };
}
