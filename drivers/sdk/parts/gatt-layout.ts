import { dateTime, type LocalDateTime } from './gatt-time.js';
import { hasBit, type MedFloat, type ValueReader } from './gatt-values.js';

/**
 * Layouts of characteristic values as data: a list of fields, some of them there only when a bit of the field `flags`
 * is set. Enumerations are tables from number to name; a number that is not in its table is `invalid`.
 */

interface Kinds {
  readonly u8: number;
  readonly i8: number;
  readonly u16: number;
  readonly u24: number;
  readonly u32: number;
  readonly sfloat: MedFloat;
  readonly float: MedFloat;
  /** SFLOAT, or FLOAT where the profile of the device says so. */
  readonly amount: MedFloat;
  readonly time: LocalDateTime | undefined;
}
type Kind = keyof Kinds;

/** Names of an enumeration by number. */
export type Names = Readonly<Record<number, string>>;

export interface Field<Name extends string = string, Value = unknown> {
  readonly name: Name;
  readonly kind: Kind;
  /** Bit of `flags` that says whether the field is there. */
  readonly bit?: number;
  readonly of?: Names;
  /** Never set: carries the type of the value. */
  readonly value?: Value;
}

interface More {
  readonly bit?: number;
}

export function field<N extends string, K extends Kind>(name: N, kind: K, more: More = {}): Field<N, Kinds[K]> {
  return { name, kind, ...more };
}

/** An enumeration; its value is the name. */
export function choice<N extends string>(name: N, kind: 'u8' | 'u16', of: Names, more: More = {}): Field<N, string> {
  return { name, kind, of, ...more };
}

export type Layout = readonly Field[];
export type Values<L extends Layout> = {
  readonly [F in L[number] as F['name']]: F extends Field<string, infer V> ? V | undefined : never;
};

export const INVALID = 'invalid';

export interface LayoutOptions {
  readonly amounts?: 'sfloat' | 'float';
}

/** Reads the fields in their order; ValueRejected `length` when the value ends before them. */
export function readLayout<L extends Layout>(
  reader: ValueReader,
  layout: L,
  { amounts = 'sfloat' }: LayoutOptions = {},
): Values<L> {
  const values: Record<string, unknown> = {};
  for (const { name, kind, bit, of } of layout) {
    if (bit !== undefined && !hasBit(Number(values.flags), bit)) continue;
    const value = kind === 'time' ? dateTime(reader) : reader[kind === 'amount' ? amounts : kind]();
    values[name] = of ? (of[value as number] ?? INVALID) : value;
  }
  return values as Values<L>;
}
