import type { Layout } from '../parts/layout.js';

/** Bytes of a fixed layout, for simulated devices: the reverse of `parts/layout.ts`. What is not given is zero. */
export type LayoutValues = Readonly<Record<string, number | bigint | boolean | string | Uint8Array>>;

export function layoutBytes(layout: Pick<Layout, 'fields' | 'size'>, values: LayoutValues): Uint8Array {
  const bytes: number[] = [];
  for (const { name, kind, size } of layout.fields) {
    const value = name === '_' ? 0 : (values[name] ?? 0);
    const part = new Uint8Array(kind === 'rest' && value instanceof Uint8Array ? value.length : size);
    write(new DataView(part.buffer), part, name === '_' ? 'skip' : kind, value);
    bytes.push(...part);
  }
  return Uint8Array.from(bytes);
}

function write(view: DataView, part: Uint8Array, kind: string, value: LayoutValues[string]): void {
  if (kind === 'skip') return;
  if (value instanceof Uint8Array) part.set(value);
  else if (typeof value === 'string') part.set(Uint8Array.from(value, (char) => char.charCodeAt(0)));
  else if (kind === 'u64') view.setBigUint64(0, BigInt(value), true);
  else if (kind === 'f32') view.setFloat32(0, Number(value), true);
  else if (kind === 'u32') view.setUint32(0, Number(value), true);
  else if (kind === 'u16') view.setUint16(0, Number(value), true);
  else if (kind === 'u8' || kind === 'i8' || kind === 'bool') view.setUint8(0, Number(value) & 0xff);
}
