import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layoutBytes } from '../simulated/layout-bytes.js';
import { ValueRejected } from './gatt-values.js';
import { layout } from './layout.js';

const WHOLE = layout(
  'whole',
  'low:u3 flag:flag high:u4 a:u8 b:i8?255 c:u16 d:u16be e:u32 f:u32be g:u64 _:2 h:bool i:ascii4 j:bytes2 k:rest',
);
const values = fc.record({
  low: fc.nat(7),
  flag: fc.boolean(),
  high: fc.nat(15),
  a: fc.nat(0xff),
  b: fc.integer({ min: -128, max: 127 }),
  c: fc.nat(0xffff),
  d: fc.nat(0xffff),
  e: fc.nat(0xffffffff),
  f: fc.nat(0xffffffff),
  g: fc.bigInt(0n, 2n ** 64n - 1n),
  h: fc.boolean(),
  i: fc.string({ maxLength: 4, unit: fc.constantFrom('a', 'Z', ' ', '~') }),
  j: fc.uint8Array({ minLength: 2, maxLength: 2 }),
  k: fc.uint8Array({ maxLength: 5 }),
});

describe('a layout', () => {
  it('reads what was written', () => {
    fc.assert(
      fc.property(values, (one) => {
        expect(WHOLE.read(layoutBytes(WHOLE, one))).toEqual(one);
      }),
    );
  });

  it('has bits from the lowest on, and bytes in the order that it states', () => {
    expect(layout('bits', 'a:u4 b:flag _:u2 c:flag').read(Uint8Array.of(0x95))).toEqual({ a: 5, b: true, c: true });
    expect(layout('order', 'a:u16 b:u16be').read(Uint8Array.of(1, 2, 1, 2))).toEqual({ a: 0x201, b: 0x102 });
  });

  it('has no value where the device sends the number for none', () => {
    const point = layout('point', 'spo2:u8?127 index:u16?65535');
    expect(point.read(Uint8Array.of(127, 0xff, 0xff))).toEqual({ spo2: undefined, index: undefined });
    expect(point.read(Uint8Array.of(126, 0xff, 0xfe))).toEqual({ spo2: 126, index: 0xfeff });
    expect(layoutBytes(point, {})).toEqual(Uint8Array.of(127, 0xff, 0xff));
  });

  it('takes its number of bytes only, more where it has a rest', () => {
    const fixed = layout('fixed', 'a:u8 b:u16');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 8 }), (bytes) => {
        if (bytes.length === fixed.size) expect(fixed.read(bytes).a).toBe(bytes[0]);
        else expect(() => fixed.read(bytes)).toThrow(ValueRejected);
        if (bytes.length < WHOLE.size) expect(() => WHOLE.read(bytes)).toThrow(ValueRejected);
      }),
    );
  });

  it.each(['a:u3', 'a:u5 b:u5', 'a:flag b:u8', 'a:rest b:u8', 'a:u9', 'a', ''])('refuses the text "%s"', (text) => {
    expect(() => layout('wrong', text)).toThrow(TypeError);
  });
});
