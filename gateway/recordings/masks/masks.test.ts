import { encodeAstmFrame } from '@onebox/driver-sdk/parts/astm-frame.js';
import { AstmScanner } from '@onebox/driver-sdk/parts/astm-scanner.js';
import { Deframer, Fragmenter, frame, Reassembler } from '@onebox/protocol/framing.js';
import { type Finding, v1 } from '@onebox/protocol/messages.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MASKS } from './masks.js';
import { StandIns } from './stand-in.js';

const bytes = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'));
const latin1 = (pieces: readonly Uint8Array[]) => Buffer.concat(pieces).toString('latin1');
const anyPieces = fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 12 });

describe.each(Object.entries(MASKS))('%s', (_name, make) => {
  it('gives pieces of the same lengths, whatever came, and the same for the same', () => {
    fc.assert(
      fc.property(anyPieces, (pieces) => {
        const out = make()(pieces);
        expect(out.map(({ length }) => length)).toEqual(pieces.map(({ length }) => length));
        expect(make()(pieces)).toEqual(out);
      }),
      { numRuns: 500 },
    );
  });

  it('leaves what it is given alone', () => {
    const piece = bytes('\x02' + '1P|1|NAME\r\x0301\r\n');
    const copy = Uint8Array.from(piece);
    make()([piece]);
    expect(piece).toEqual(copy);
  });

  it('lets no name through that is in no message at all', () => {
    fc.assert(
      fc.property(anyPieces, fc.nat(12), (noise, place) => {
        const out = make()([...noise.slice(0, place), bytes('\xff\xffQUILFEATHER'), ...noise.slice(place)]);
        for (const piece of out) expect(latin1([piece])).not.toContain('QUILFEATHER');
      }),
      { numRuns: 300 },
    );
  });
});

describe('letters in place of a text', () => {
  it('are the same for the same and others for others, of the same length', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 2, maxLength: 9 }), { maxLength: 80 }), (texts) => {
        const standIns = new StandIns();
        const encoded = texts.map((text) => Uint8Array.from(Buffer.from(text)));
        const once = encoded.map((text) => Buffer.from(standIns.of(text)).toString('latin1'));
        expect(encoded.map((text) => Buffer.from(standIns.of(text)).toString('latin1'))).toEqual(once);
        expect(once.map(({ length }) => length)).toEqual(encoded.map(({ length }) => length));
        const whole = texts.flatMap((text, at) => (text.includes('\0') ? [] : [once[at]]));
        expect(new Set(whole).size).toBe(whole.length);
      }),
    );
  });
});

describe('responses of onebox.v1', () => {
  const identity: Finding = {
    identity: {
      deviceClass: v1.DeviceClass.DEVICE_CLASS_ICD,
      model: 'Practice ICD VR',
      serial: 'SN-4417-QUILFEATHER',
      udi: { deviceIdentifier: '00000000000017', carrier: '(01)00000000000017(21)4417QUIL', serial: '4417QUIL' },
      practice: true,
    },
  };
  const response = (finding: Finding, id = 7) => v1.Response.encode({ id, finding }).finish();
  const fragments = (message: Uint8Array, size = 20) => new Fragmenter().split(message, size);
  const decode = (pieces: readonly Uint8Array[]) => {
    const reassembler = new Reassembler();
    return pieces.flatMap((piece) => reassembler.push(piece).messages.map((message) => v1.Response.decode(message)));
  };

  it('keep all but serial numbers and free words', () => {
    const [masked] = decode(MASKS['onebox-v1-fragments']()(fragments(response(identity))));
    expect(masked?.id).toBe(7);
    expect(masked?.finding?.identity).toMatchObject({
      deviceClass: v1.DeviceClass.DEVICE_CLASS_ICD,
      model: 'Practice ICD VR',
      practice: true,
      udi: { deviceIdentifier: '00000000000017' },
    });
    expect(masked?.finding?.identity?.serial).toMatch(/^X{19}$/);
    expect(masked?.finding?.identity?.udi?.carrier).toMatch(/^X{30}$/);
  });

  it('lose fields of a later version', () => {
    // Fields 30 (text) and 31 (number) of the identity, which this version does not know.
    const later = Uint8Array.of(0xf2, 0x01, 6, ...bytes('NOVAKB'), 0xf8, 0x01, 0xad, 0xbd, 0x03);
    const body = Uint8Array.of(0x0a, later.length, ...later);
    const message = Uint8Array.of(0x08, 1, 0x1a, body.length, ...body);
    const out = MASKS['onebox-v1-fragments']()(fragments(message, 100));
    expect(latin1(out)).not.toContain('NOVAKB');
    expect(Buffer.concat(out).includes(Buffer.of(0xad, 0xbd, 0x03))).toBe(false);
    expect(decode(out)).toHaveLength(1);
  });

  it('of which a fragment is missing are covered, and stay incomplete', () => {
    const pieces = fragments(response(identity));
    for (let lost = 0; lost < pieces.length; lost += 1) {
      const rest = [...pieces.slice(0, lost), ...pieces.slice(lost + 1), ...fragments(response(identity, 8))];
      const out = MASKS['onebox-v1-fragments']()(rest);
      const content = latin1(out.map((piece) => piece.subarray(2)));
      expect(content).not.toMatch(/4417|QUIL|FEATHER/);
      expect(decode(out).map(({ id }) => id)).toContain(8);
    }
  });

  it('on a line have a right checksum again, and damage stays damage', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 600 }), fc.nat(), fc.nat(40), (serial, place, cut) => {
        const good = frame(response({ identity: { serial, model: 'M' } }));
        const bad = Uint8Array.from(good);
        const at = 1 + (place % (bad.length - 2));
        bad[at] = bad[at]! ^ 0x55 || 1;
        const stream = Buffer.concat([good, bad, good]);
        const pieces = [stream.subarray(0, cut), stream.subarray(cut)];
        const count = (all: readonly Uint8Array[]) => new Deframer().push(Buffer.concat(all)).messages.length;
        const out = MASKS['onebox-v1-cobs']()(pieces);
        expect(count(out)).toBe(count(pieces));
        for (const message of new Deframer().push(Buffer.concat(out)).messages)
          expect(v1.Response.decode(message).finding?.identity?.model).toBe('M');
      }),
      { numRuns: 300 },
    );
  });
});

describe('records of ASTM', () => {
  const HEADER = 'H|\\^&|77|secret|Analyser^1.2^SN-4417|12 Mill Lane||555-0100|8N1|LAB||P|1|20260304153020\r';
  const RECORDS = [
    HEADER,
    'P|1|4711|4712||Novak^Jana||19610203|F|||||Dr Quil\r',
    'O|1|SPEC-99|I-5|^^^HbA1c|R|20260304|||||Q||||Blood|Dr Feather\r',
    'R|1|^^^HbA1c|5.4|%||N||F||NURSE7|20260304153000||INSTR-4\r',
    'R|2|^^^CRP|7|mg/L||N||F||20260304153001\r',
    'C|1|I|Novak is asleep|G\r',
    'M|1|QUIL\r',
    'L|1|N\r',
  ];
  /** `?` is a letter that stands for another. */
  const KEPT = [
    'H|\\^&|??|??????|Analyser^1.2^???????|????????????||????????|???|???||P|1|20260304153020',
    'P|1|????|????||?????^????||????????|?|||||???????',
    'O|1|???????|???|^^^HbA1c|R|20260304|||||Q||||Blood|??????????',
    'R|1|^^^HbA1c|5.4|%||N||F||??????|20260304153000||???????',
    'R|2|^^^CRP|7|mg/L||N||F||20260304153001',
    'C|1|I|???????????????|G',
    '?|?|????',
    'L|1|N',
  ];
  const read = (pieces: readonly Uint8Array[]) => {
    const scanner = new AstmScanner();
    return pieces
      .flatMap((piece) => scanner.push(piece))
      .flatMap((token) => (token.kind === 'frame' ? [latin1([token.frame.text])] : []));
  };

  it.each([240, 7, 31])('keep results and times in frames of %i characters, and no person', (size) => {
    const text = RECORDS.join('');
    const parts = text.match(new RegExp(`[^]{1,${size}}`, 'g'))!;
    const stream = Buffer.concat([
      Uint8Array.of(0x05),
      ...parts.map((part, at) => encodeAstmFrame(at + 1, bytes(part), at === parts.length - 1 ? 'ETX' : 'ETB')),
      Uint8Array.of(0x04),
    ]);
    const pieces = [stream.subarray(0, 13), stream.subarray(13, 90), stream.subarray(90)];
    const records = read(MASKS['astm-e1394']()(pieces)).join('').split('\r').slice(0, -1);
    expect(records).toHaveLength(RECORDS.length);
    for (const [at, record] of records.entries()) {
      const shown = [...record].map((letter, place) =>
        KEPT[at]?.[place] === '?' && /[A-Z]/.test(letter) ? '?' : letter,
      );
      expect(shown.join('')).toBe(KEPT[at]);
      expect(record).not.toMatch(/471|Novak|Jana|1961|Quil|SPEC|Feather|NURSE|INSTR|asleep|QUIL|4417|Mill|555|secret/);
    }
  });

  it('that are sent again are read as once, and a wrong checksum stays wrong', () => {
    const good = encodeAstmFrame(2, bytes('P|1|Novak\r'), 'ETB');
    const bad = Uint8Array.from(good);
    bad[bad.length - 4] = bad[bad.length - 4] === 0x30 ? 0x31 : 0x30;
    const cut = encodeAstmFrame(2, bytes('P|1|Nov'), 'ETB').subarray(0, 8);
    const first = encodeAstmFrame(1, bytes(HEADER), 'ETB');
    const last = encodeAstmFrame(3, bytes('L|1|N\r'), 'ETX');
    const out = MASKS['astm-e1394']()([first, bad, cut, good, last]);
    expect(latin1(out)).not.toContain('Nov');
    const found = read([out[0]!, out[3]!, out[4]!]);
    expect(found.at(1)).toBe('P|1|XXXXX\r');
    expect(found.at(2)).toBe('L|1|N\r');
    expect(new AstmScanner().push(out[1]!)).toMatchObject([{ kind: 'bad' }]);
  });

  it('keep the settings of a meter, which stand where others have their street', () => {
    const header = 'H|\\^&||k9|Meter^1\\2\\3^7350-1234567^7403|A=1^U=0^V=20600|12||||||1|202603041530\r';
    const [text] = read(MASKS['astm-e1394']()([encodeAstmFrame(1, bytes(header))]));
    expect(text).toMatch(
      /^H\|\\\^&\|\|X{2}\|Meter\^1\\2\\3\^X{12}\^X{4}\|A=1\^U=0\^V=20600\|12\|{6}1\|202603041530\r$/,
    );
  });
});
