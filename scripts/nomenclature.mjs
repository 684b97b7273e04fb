import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Makes protocol/nomenclature/*.ts from collected tables of codes:
 *   node scripts/nomenclature.mjs FOLDER_WITH_CSV
 * Taken are facts only: reference id, code, data type, unit, enumeration, and where each was found. Rows whose code
 * is not confirmed (conflicting, temporary, mnemonic only, inferred, unverified) are left out.
 */

/** Rows of a CSV file (RFC 4180) as objects by column name. */
export function parseCsv(text) {
  const records = [];
  let record = [];
  let field = '';
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const c = text[i];
    if (quoted) {
      if (c !== '"') field += c;
      else if (text[i + 1] === '"') {
        field += '"';
        i += 1;
      } else quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === ',' || c === '\n') {
      record.push(field);
      field = '';
      if (c === '\n') {
        records.push(record);
        record = [];
      }
    } else if (c !== '\r') field += c;
  }
  if (field !== '' || record.length > 0) records.push([...record, field]);
  const [head = [], ...rows] = records;
  return rows.map((row) => Object.fromEntries(head.map((name, i) => [name, row[i] ?? ''])));
}

/** Gives every source a short key, in the order of first use. */
function sourceKeys() {
  const known = new Map();
  const clean = (part) =>
    part
      .replace(/find_string ids? [\d, ]*\d,?/g, '')
      .replace(/\(\s*\)/g, '')
      .replace(/\s+/g, ' ')
      .replace(/\( /g, '(')
      .trim();
  return {
    of(source) {
      const parts = source
        .split(/; (?![^(]*\))/)
        .map(clean)
        .filter(Boolean);
      return parts.map((part) => {
        if (!known.has(part)) known.set(part, `s${known.size + 1}`);
        return known.get(part);
      });
    },
    lines: () => [...known].map(([text, key]) => `//   ${key}: ${text}`),
  };
}

const quote = (text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
const name = (text) => (/^[A-Za-z_$][\w$]*$/.test(text) ? text : quote(text));
const short = (referenceId) => referenceId.replace(/^MDC_/, '');
const confirmed = (row) => /^\d+$/.test(row.code) && /^MDC_/.test(row.reference_id ?? row.enumeration);

function file(csv, what, sources, body) {
  return [
    `// Made by scripts/nomenclature.mjs from ${csv}; do not edit. ${what}`,
    '// Codes and names are facts, each found in the sources that its row names:',
    ...sources.lines(),
    ...body,
    '',
  ].join('\n');
}

const constants = (title, table, rows) => [
  '',
  `/** ${title} */`,
  `export const ${table} = {`,
  ...rows.map(([key, code]) => `  ${name(key)}: ${code},`),
  '} as const;',
];

const facts = (table, rows) => [
  '',
  `export const ${table}_FACTS: Readonly<Record<number, TermFacts>> = {`,
  ...rows.map(([code, fields]) => {
    const text = Object.entries(fields)
      .filter(([, value]) => value !== '')
      .map(([key, value]) => `${key}: ${quote(value)}`);
    return `  ${code}: { ${text.join(', ')} },`;
  }),
  '};',
];

const type = ["import type { TermFacts } from './facts.js';"];

function cardiac(rows) {
  const taken = rows.filter((row) => confirmed(row) && !/TEMPORARY/.test(`${row.reference_id} ${row.description}`));
  const sources = sourceKeys();
  const table = taken.map((row) => [
    row.code,
    {
      type: row.datatype,
      unit: row.unit,
      values: /^MDC_IDC_ENUM_\w+/.exec(row.enum_values)?.[0] ?? '',
      // The code is confirmed by a machine table; type and unit were then taken from the same term of another chamber.
      typeBy: row.evidence === 'observed' ? '' : 'sibling',
      from: sources.of(row.source).join(' '),
    },
  ]);
  const body = [
    ...constants(
      'Cardiac terms of IEEE 11073-10103, by reference id without MDC_.',
      'MDC_IDC',
      taken.map((row) => [short(row.reference_id), row.code]),
    ),
    ...facts('MDC_IDC', table),
  ];
  return file('mdc_idc.csv', 'IEEE 11073-10103, context-free codes.', sources, [...type, ...body]);
}

function cardiacEnumerations(rows) {
  const taken = rows.filter((row) => confirmed(row) && row.confidence === 'verified-code');
  const sources = sourceKeys();
  const key = (row) => `${short(row.enumeration)}_${row.mnemonic}`;
  const table = taken.map((row) => [
    row.code,
    { type: 'CWE', values: row.enumeration, from: sources.of(row.source).join(' ') },
  ]);
  const body = [
    ...constants(
      'Members of the enumerations of IEEE 11073-10103, by enumeration and mnemonic.',
      'MDC_IDC_ENUM',
      taken.map((row) => [key(row), row.code]),
    ),
    ...facts('MDC_IDC_ENUM', table),
  ];
  return file('mdc_idc_enums.csv', 'IEEE 11073-10103, codes of enumerations.', sources, [...type, ...body]);
}

function vitals(rows) {
  const taken = rows.filter(confirmed);
  const sources = sourceKeys();
  const table = taken.map((row) => [
    row.code,
    { type: row.datatype, unit: row.ucum_unit.replace(' or ', '|'), from: sources.of(row.source).join(' ') },
  ]);
  const body = [
    ...constants(
      'Terms of IEEE 11073-10101 and the device specialisations, by reference id without MDC_.',
      'MDC_VITALS',
      taken.map((row) => [short(row.reference_id), row.code]),
    ),
    ...facts('MDC_VITALS', table),
  ];
  return file('mdc_vitals.csv', 'IEEE 11073-10101 and 104xx, context-free codes.', sources, [...type, ...body]);
}

function bluetooth(rows) {
  const sources = sourceKeys();
  const taken = rows.filter((row) => !/verify/i.test(row.source));
  for (const row of taken) sources.of(row.source);
  const kind = (wanted) => taken.filter((row) => row.kind === wanted);
  const uuid = (row) => quote(row.id.replace(/^0x/, '').toUpperCase().padStart(4, '0'));
  const list = (title, table, keyType, entries) => [
    '',
    `/** ${title} */`,
    `export const ${table}: Readonly<Record<${keyType}, string>> = {`,
    ...entries.map(([key, value]) => `  ${key}: ${quote(value)},`),
    '};',
  ];
  const plain = (row) =>
    /^'\d{4}'$/.test(uuid(row)) || !/^'[A-Z]/.test(uuid(row)) ? uuid(row) : uuid(row).slice(1, -1);
  return file('ble_health.csv', 'Bluetooth SIG assigned numbers.', sources, [
    ...list(
      'Services, by UUID.',
      'BLUETOOTH_SERVICES',
      'string',
      kind('service').map((row) => [plain(row), row.name]),
    ),
    ...list(
      'Characteristics, by UUID.',
      'BLUETOOTH_CHARACTERISTICS',
      'string',
      kind('characteristic').map((row) => [plain(row), row.name]),
    ),
    ...list(
      'Companies, by company identifier. Advertising one proves nothing.',
      'BLUETOOTH_COMPANIES',
      'number',
      kind('company_id').map((row) => [Number(row.id), row.name]),
    ),
    ...list(
      'Kinds of device, by GAP appearance.',
      'BLUETOOTH_APPEARANCES',
      'number',
      kind('gap_appearance').map((row) => [Number(row.id), row.name]),
    ),
  ]);
}

/** The text of each file of protocol/nomenclature that is made from the CSV files of a folder. */
export function nomenclature(folder) {
  const rows = (csv) => parseCsv(readFileSync(join(folder, csv), 'utf8'));
  return {
    'mdc-idc.ts': cardiac(rows('mdc_idc.csv')),
    'mdc-idc-enumerations.ts': cardiacEnumerations(rows('mdc_idc_enums.csv')),
    'mdc-vitals.ts': vitals(rows('mdc_vitals.csv')),
    'bluetooth.ts': bluetooth(rows('ble_health.csv')),
  };
}

if (process.argv[1] === import.meta.filename) {
  const folder = process.argv[2];
  if (!folder) throw new Error('usage: node scripts/nomenclature.mjs FOLDER_WITH_CSV');
  const out = join(import.meta.dirname, '../protocol/nomenclature');
  mkdirSync(out, { recursive: true });
  for (const [path, text] of Object.entries(nomenclature(folder))) writeFileSync(join(out, path), text);
}
