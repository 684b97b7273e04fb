import { manifestSchema } from '@onebox/driver-sdk/manifest.js';
import * as z from 'zod';
import { MEANINGS } from './manifest-meanings.mjs';

/** Rows of the manifest's fields: path, type with its limits, whether it must be there, meaning. */
export function manifestRows() {
  const schema = z.toJSONSchema(manifestSchema, { io: 'input', unrepresentable: 'any' });
  const rows = [
    ...new Map(
      fields(schema, '')
        .toReversed()
        .map((row) => [row.path, row]),
    ).values(),
  ]
    .toReversed()
    .filter(({ path }) => path !== '$schema');
  const unknown = rows.filter(({ path }) => !Object.hasOwn(MEANINGS, path)).map(({ path }) => path);
  const paths = new Set(rows.map(({ path }) => path));
  const gone = Object.keys(MEANINGS).filter((path) => !paths.has(path));
  if (unknown.length + gone.length > 0)
    throw new Error(
      `scripts/docs/manifest-meanings.mjs: without a meaning: ${unknown.join(', ')}; gone: ${gone.join(', ')}`,
    );
  return rows.map(({ path, type, need }) => [`\`${path}\``, type, need, MEANINGS[path]]);
}

/** One row for each property, then those of what it holds: `match.ble[].services`, `requests.*.bytes`. */
function fields(schema, at) {
  const seen = new Map();
  for (const part of alternatives(schema))
    for (const [name, value] of Object.entries(part.properties ?? {})) {
      const path = at === '' ? name : `${at}.${name}`;
      const need = part.required?.includes(name)
        ? 'required'
        : value.default === undefined
          ? ''
          : `default ${short(value.default)}`;
      const below = inside(value, path);
      const before = seen.get(path);
      // Alternatives of an object may share a field.
      if (before)
        before.below.push(...below.filter((row) => !before.below.some(({ path: known }) => known === row.path)));
      else seen.set(path, { row: { path, type: typeOf(value), need }, below });
    }
  return [...seen.values()].flatMap(({ row, below }) => [row, ...below]);
}

function inside(value, path) {
  return alternatives(value).flatMap((part) => [
    ...(part.properties ? fields(part, path) : []),
    ...(part.items ? fields(part.items, `${path}[]`) : []),
    ...(typeof part.additionalProperties === 'object' && !part.propertyNames?.enum
      ? fields(part.additionalProperties, `${path}.*`)
      : []),
  ]);
}

const alternatives = (schema) => schema.anyOf ?? schema.oneOf ?? [schema];
const short = (value) => `\`${JSON.stringify(value)}\``;

function typeOf(value) {
  const kinds = [...new Set(alternatives(value).map(kindOf))];
  return kinds.join(' or ');
}

function kindOf(value) {
  if (value.const !== undefined) return short(value.const);
  if (value.enum) return value.enum.length > 8 ? 'one of a list, see below' : value.enum.map(short).join(', ');
  if (value.type === 'array')
    return `list of ${typeOf(value.items).replace('one of a list, ', 'names, ')}${count(value.minItems, value.maxItems)}`;
  if (value.type === 'object') return value.propertyNames ? 'object by name' : 'object';
  if (value.type === 'integer') return `whole number${span(value.minimum, value.maximum)}`;
  if (value.type === 'string') return value.maxLength ? `text, at most ${value.maxLength}` : 'text';
  return value.type ?? 'any';
}

const count = (min, max) =>
  min === undefined && max === undefined ? '' : max === undefined ? `, at least ${min}` : `, ${min ?? 0} to ${max}`;
// Whole numbers without a limit of their own have those of the machine.
const span = (min, max) =>
  min === undefined || max === undefined || max === Number.MAX_SAFE_INTEGER ? '' : ` ${min} to ${max}`;
