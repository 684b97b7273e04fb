import type { Layout, LayoutField } from '../parts/layout.js';

/**
 * Bytes of a fixed layout, for simulated devices: the reverse of `parts/layout.ts`. What is not given is the number
 * that stands for "no value" where the layout has one, else zero.
 */
export type LayoutValues = Readonly<Record<string, number | bigint | boolean | string | Uint8Array | undefined>>;

export function layoutBytes(layout: Pick<Layout, 'fields' | 'size'>, values: LayoutValues): Uint8Array {
  const last = layout.fields.at(-1);
  const rest = last?.kind === 'rest' ? values[last.name] : undefined;
  const bytes = new Uint8Array(layout.size + (rest instanceof Uint8Array ? rest.length : 0));
  const view = new DataView(bytes.buffer);
  for (const field of layout.fields) {
    if (field.name !== '_') write(view, bytes, field, values[field.name] ?? field.none ?? 0);
  }
  return bytes;
}

function write(
  view: DataView,
  bytes: Uint8Array,
  { kind, at, width, shift }: LayoutField,
  value: NonNullable<LayoutValues[string]>,
): void {
  if (value instanceof Uint8Array) bytes.set(value, at);
  else if (typeof value === 'string')
    bytes.set(
      Uint8Array.from(value, (char) => char.charCodeAt(0)),
      at,
    );
  else if (width > 0) bytes[at]! |= (Number(value) & (2 ** width - 1)) << shift;
  else if (kind === 'u64') view.setBigUint64(at, BigInt(value), true);
  else if (kind === 'f32') view.setFloat32(at, Number(value), true);
  else if (kind === 'u32' || kind === 'u32be') view.setUint32(at, Number(value), kind === 'u32');
  else if (kind === 'u16' || kind === 'u16be') view.setUint16(at, Number(value), kind === 'u16');
  else if (kind === 'u8' || kind === 'i8' || kind === 'bool') view.setUint8(at, Number(value) & 0xff);
}
