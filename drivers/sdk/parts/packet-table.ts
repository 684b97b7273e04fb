import { type FieldsOf, type Layout, layout } from './layout.js';
import type { Frame } from './serial-framing.js';

/**
 * The packets of a serial protocol as a table: their types, and their fields as `layout` reads them, in as many pieces
 * of text as are easy to read.
 *
 *   const packets = packetTable({ battery: { type: 0x82, fields: ['percent:u8 _:1', 'volts:u16'] } });
 *   packets.decode(frame)   // { kind: 'battery', fields: { percent, volts } }
 */
export type PacketKinds = Readonly<Record<string, { readonly type: number; readonly fields: readonly string[] }>>;

type Joined<Texts extends readonly string[]> = Texts extends readonly [
  infer Head extends string,
  ...infer Tail extends readonly string[],
]
  ? Tail extends readonly []
    ? Head
    : `${Head} ${Joined<Tail>}`
  : string;

export type PacketFields<Kinds extends PacketKinds, Kind extends keyof Kinds> = FieldsOf<Joined<Kinds[Kind]['fields']>>;

/** A packet with its fields, told apart by `kind`. */
export type Message<Kinds extends PacketKinds, Kind extends keyof Kinds = keyof Kinds> = {
  readonly [K in Kind]: { readonly kind: K; readonly fields: PacketFields<Kinds, K> };
}[Kind];

export interface PacketTable<Kinds extends PacketKinds> {
  readonly layouts: { readonly [Kind in keyof Kinds]: Layout<Joined<Kinds[Kind]['fields']>> };
  /** Undefined for a type that is not in the table. Throws ValueRejected when the data are not as it states. */
  decode(frame: Frame): Message<Kinds> | undefined;
  /** A packet's frame, for simulated devices: its data are bytes of its layout. */
  frame(kind: keyof Kinds, data: Uint8Array): Frame;
}

/** What a table was made of, for the types of what handles its messages. */
export type KindsOf<Table> = Table extends PacketTable<infer Kinds> ? Kinds : never;

export function packetTable<const Kinds extends PacketKinds>(kinds: Kinds): PacketTable<Kinds> {
  const rows = Object.entries(kinds).map(([kind, { type, fields }]) => ({
    kind,
    type,
    layout: layout(kind, fields.join(' ')),
  }));
  const byType = new Map(rows.map((row) => [row.type, row]));
  return {
    layouts: Object.fromEntries(rows.map((row) => [row.kind, row.layout])) as PacketTable<Kinds>['layouts'],
    decode({ type, data }) {
      const row = byType.get(type);
      return row && ({ kind: row.kind, fields: row.layout.read(data) } as Message<Kinds>);
    },
    frame: (kind, data) => ({ type: kinds[kind]!.type, data }),
  };
}
