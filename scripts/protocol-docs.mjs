import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import { root } from './build/files.mjs';

/**
 * Writes the reference part of docs/protocol.md, between its two markers, from the comments of the .proto files:
 *   node scripts/protocol-docs.mjs
 */
const START = '<!-- reference: made by scripts/protocol-docs.mjs from protocol/proto, do not edit -->';
const END = '<!-- end of reference -->';
const PAGE = join(root, 'docs/protocol.md');
// In the order in which a reader understands them.
const FILES = ['interrogation', 'finding', 'value', 'native', 'audit'];

const text = (comment) => (comment ?? '').replace(/\s+/g, ' ').replaceAll('|', '\\|').trim();
const path = (item) => item.fullName.replace('.onebox.v1.', '');

function table(head, rows) {
  return [
    `| ${head.join(' | ')} |`,
    `| ${head.map(() => '---').join(' | ')} |`,
    ...rows.map((row) => `| ${row.join(' | ')} |`),
    '',
  ];
}

function typeOf(field) {
  const name = field.resolvedType
    ? `[${path(field.resolvedType)}](#${path(field.resolvedType).toLowerCase().replaceAll('.', '')})`
    : field.type;
  if (field.map) return `map of ${field.keyType} to ${name}`;
  return field.repeated ? `list of ${name}` : name;
}

function message(type) {
  const rows = type.fieldsArray.map((field) => [
    `\`${field.name}\``,
    String(field.id),
    typeOf(field),
    [field.partOf ? `One of \`${field.partOf.name}\`.` : '', text(field.comment)].filter(Boolean).join(' '),
  ]);
  return [
    `### ${path(type)}`,
    '',
    text(type.comment),
    '',
    ...(rows.length > 0 ? table(['field', 'number', 'type', 'meaning'], rows) : ['No fields.', '']),
    ...nested(type),
  ];
}

function enumeration(item) {
  const rows = Object.entries(item.values).map(([name, number]) => [
    `\`${name}\``,
    String(number),
    text(item.comments[name]),
  ]);
  return [`### ${path(item)}`, '', text(item.comment), '', ...table(['value', 'number', 'meaning'], rows)];
}

const section = (item) => (item instanceof protobuf.Enum ? enumeration(item) : message(item));
const nested = (type) => type.nestedArray.flatMap(section);

/** The reference as Markdown. */
export function reference() {
  const folder = join(root, 'protocol/proto');
  const schema = new protobuf.Root();
  schema.resolvePath = (_, target) => join(folder, target);
  const present = readdirSync(join(folder, 'onebox/v1')).map((file) => file.replace('.proto', ''));
  const files = [...FILES, ...present.filter((name) => !FILES.includes(name))];
  schema.loadSync(
    files.map((name) => `onebox/v1/${name}.proto`),
    { keepCase: true, alternateCommentMode: true },
  );
  schema.resolveAll();
  const items = schema.lookup('onebox.v1').nestedArray;
  return files
    .flatMap((name) => [
      `## ${name}.proto`,
      '',
      ...items.filter((item) => item.filename?.endsWith(`/${name}.proto`)).flatMap(section),
    ])
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** The page with its reference part made anew. */
export function page(current = readFileSync(PAGE, 'utf8')) {
  const [start, end] = [current.indexOf(START), current.indexOf(END)];
  if (start < 0 || end < start) throw new Error('docs/protocol.md has lost its markers');
  return `${current.slice(0, start + START.length)}\n\n${reference()}\n\n${current.slice(end)}`;
}

if (process.argv[1] === import.meta.filename) writeFileSync(PAGE, page());
