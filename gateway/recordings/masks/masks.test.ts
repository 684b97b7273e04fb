import { encodeAstmFrame } from '@onebox/driver-sdk/parts/astm-frame.js';
import { AstmScanner } from '@onebox/driver-sdk/parts/astm-scanner.js';
import { decodeApdu } from '@onebox/driver-sdk/parts/phd-apdu.js';
import { ATTRIBUTE } from '@onebox/driver-sdk/parts/phd-attributes.js';
import { ApduFramer } from '@onebox/driver-sdk/parts/phd-framer.js';
import { apdu, attribute, type Bytes, be16, be32, list, octets, text } from '@onebox/driver-sdk/simulated/mder.js';
import { crc16, Deframer, Fragmenter, frame, Reassembler } from '@onebox/protocol/framing.js';
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

describe('messages of HL7 v2', () => {
  const SENT = [
    'MSH|^~\\&|PROGRAMMER^0123456789ABCDEF^EUI-64|CLINIC 4|HIS|WARD 7|20261122061500+0000|pw|ORU^R01^ORU_R01|MSG-77|P|2.6|||AL|NE||UNICODE UTF-8|||IHE_PCD_ORU_R01^IHE PCD',
    'PID|1|77-1|model:ICD 7/serial:SN-4417^^^MDT^U~4711^^^CLINIC^MR||Novak^Jana^^^^^L||19610203|F|||12 Mill Lane',
    'NK1|1|Novak^Petr|SPO||555-0100',
    'PV1|1|I|Ward 7^12^3||||4712^Quilfeather^Anna',
    'OBR|1|PL-9|FL-9|754050^MDC_IDC_ENUM_SESS_TYPE_InClinic^MDC|||20261122060500+0000|||4712^Quilfeather',
    'NTE|1|L|Jana is asleep',
    'OBX|1|ST|720899^MDC_IDC_DEV_SERIAL^MDC||SN-4417||||||F',
    'OBX|2|ST|720898^MDC_IDC_DEV_MODEL^MDC||ICD 7||||||F',
    'OBX|3|NM|721216^MDC_IDC_MSMT_BATTERY_VOLTAGE^MDC||2.98|V|||||F|||20261122060000+0000|4712^Quilfeather|4712^Quilfeather',
    'OBX|4|NM|X-1^Signal^ACME||42|%|||||F',
    'OBX|5|NM|X-2^Record^ACME||4711||||||F',
    'OBX|6|TX|X-3^Remark^ACME||Jana is asleep~so is Petr||||||F',
    'ZPI|Novak^Jana|4711',
  ];
  /** `?` is a letter that stands for another. */
  const KEPT = [
    'MSH|^~\\&|PROGRAMMER^????????????????^??????|????????|???|??????|20261122061500+0000|??|ORU^R01^ORU_R01|??????|P|2.6|||AL|NE||UNICODE UTF-8|||IHE_PCD_ORU_R01^IHE PCD',
    'PID|1|????|model:ICD 7/serial:???????^^^MDT^U~????^^^??????^MR||?????^????^^^^^?||????????|?|||????????????',
    'NK1|?|?????^????|???||????????',
    'PV1|1|I|??????^??^?||||????^???????????^????',
    'OBR|1|????|????|754050^MDC_IDC_ENUM_SESS_TYPE_InClinic^MDC|||20261122060500+0000|||????^???????????',
    'NTE|1|L|??????????????',
    'OBX|1|ST|720899^MDC_IDC_DEV_SERIAL^MDC||???????||||||F',
    'OBX|2|ST|720898^MDC_IDC_DEV_MODEL^MDC||ICD 7||||||F',
    'OBX|3|NM|721216^MDC_IDC_MSMT_BATTERY_VOLTAGE^MDC||2.98|V|||||F|||20261122060000+0000|????^???????????|????^???????????',
    'OBX|4|NM|X-1^Signal^ACME||42|%|||||F',
    'OBX|5|NM|X-2^Record^ACME||????||||||F',
    'OBX|6|TX|X-3^Remark^ACME||??????????????~??????????||||||F',
    'ZPI|?????^????|????',
  ];
  const mask = (...pieces: readonly string[]) => latin1(MASKS['hl7-v2']()(pieces.map(bytes)));

  it.each([
    ['bare', '', '\r', ''],
    ['in a block', '\x0b', '\r', '\x1c\r'],
    ['with other ends of lines', '', '\r\n', ''],
    ['behind a mark of UTF-8', '\xef\xbb\xbf', '\n', ''],
  ])('%s keep values and times, and no person', (_how, before, end, after) => {
    const stream = `${before}${SENT.map((one) => `${one}${end}`).join('')}${after}`;
    const out = mask(stream.slice(0, 70), stream.slice(70, 71), stream.slice(71));
    expect(out).toHaveLength(stream.length);
    const segments = out.slice(before.length).split(/[\r\n]+/);
    for (const [at, kept] of KEPT.entries()) {
      const shown = [...(segments[at] ?? '')].map((letter, place) =>
        kept[place] === '?' && /[A-Z]/.test(letter) ? '?' : letter,
      );
      expect(shown.join('')).toBe(kept);
    }
    // The device is named in two places, and stays the same in both.
    expect(/serial:(.{7})/.exec(out)?.[1]).toBe(/SERIAL\^MDC\|\|(.{7})/.exec(out)?.[1]);
  });

  it.each([
    ['a PDF', `%PDF-1.4 Novak ${'words of the report '.repeat(60)}`, '%PDF-1.4'],
    ['a PDF that is shorter than an empty one', '%PDF-1.4 Novak', '%PDF-1.4'],
    ['another document', `Novak ${'words of the report '.repeat(9)}`, 'XXXXXXXX'],
  ])('%s is another one of the same size', (_what, content, start) => {
    for (const whole of [content, `${content}.`, `${content}..`]) {
      const data = Buffer.from(whole, 'latin1').toString('base64');
      const lines = data.match(/.{1,76}/g)!.join('\r');
      const out = mask(`MSH|^~\\&|P\rOBX|1|ED|18750-0^Report^LN||Jana^PDF^^Base64^${lines}||||||F\rOBX|2|ST|X||Petr\r`);
      const field =
        /OBX\|1\|ED\|18750-0\^Report\^LN\|\|XXXX\^PDF\^\^Base64\^([^|]*)\|{6}F\rOBX\|2/.exec(out)?.[1] ?? '';
      const decoded = Buffer.from(field.replaceAll('\r', ''), 'base64').toString('latin1');
      expect(field).toHaveLength(lines.length);
      expect(decoded).toHaveLength(whole.length);
      expect(decoded.startsWith(start)).toBe(true);
      expect(decoded).not.toContain('Novak');
    }
  });

  it('finds the objects of the PDF that stands in where its table says they are', () => {
    const data = Buffer.from('%PDF-1.4'.padEnd(1000)).toString('base64');
    const out = mask(`MSH|^~\\&|P\rOBX|1|ED|R||^PDF^^Base64^${data}\r`);
    const pdf = Buffer.from(out.split('Base64^')[1] ?? '', 'base64').toString('latin1');
    const table = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(pdf)?.[1]);
    expect(pdf.slice(table, table + 4)).toBe('xref');
    const offsets = [...pdf.slice(table).matchAll(/^(\d{10}) 00000 n /gm)].map(([, at]) => Number(at));
    expect(offsets.map((at) => pdf.slice(at, at + 7))).toEqual(['1 0 obj', '2 0 obj', '3 0 obj']);
  });

  it('lets nothing of a document through that is not whole Base64', () => {
    expect(mask('MSH|^~\\&|P\rOBX|1|ED|R||^PDF^^Base64^JVBERi0*QUILFEATHER||||||F\r')).not.toContain('QUIL');
    expect(mask('MSH|^~\\&|P\rOBX|1|ED|R||^TEXT^^A^QUILFEATHER||||||F\rmore QUILFEATHER\r')).not.toContain('QUIL');
    expect(mask('MSH|||P\rPID|1||QUILFEATHER\r')).not.toContain('QUIL');
  });
});

describe('APDUs of IEEE 11073-20601', () => {
  const PERSON = 0x0a62;
  const prst = (choice: number, body: Bytes) =>
    Uint8Array.from(apdu(0xe700, octets([...be16(1), ...be16(choice), ...octets(body)])));
  const entry = (kind: number, value: string) => [...be16(kind), ...be16(0), ...text(value)];
  const mds = prst(0x0203, [
    ...be16(0),
    ...list([
      attribute(ATTRIBUTE.model, [...text('Maker'), ...text('Scale 7')]),
      attribute(ATTRIBUTE.systemId, octets([...'QUILFEAT'].map((char) => char.charCodeAt(0)))),
      attribute(ATTRIBUTE.productionSpecification, list([entry(1, 'SN-QUIL-4417'), entry(5, '1.07')])),
      attribute(
        0x0a5b,
        [...'QUILFEATHER'].map((char) => char.charCodeAt(0)),
      ),
    ]),
  ]);
  const event = (type: number, info: Bytes) => prst(0x0101, [...be16(0), ...be32(0), ...be16(type), ...octets(info)]);
  /** A weight that says in its last two bytes whose it is. */
  const configuration = event(0x0d1c, [
    ...be16(0x4001),
    ...list([
      [
        ...be16(6),
        ...be16(7),
        ...list([
          attribute(
            ATTRIBUTE.valueMap,
            list([
              [...be16(ATTRIBUTE.simpleValue), ...be16(4)],
              [...be16(PERSON), ...be16(2)],
            ]),
          ),
        ]),
      ],
    ]),
  ]);
  const report = event(3357, [
    ...be16(0xf000),
    ...be16(0),
    ...list([[...be16(7), ...octets([...be32(745), 0x51, 0x52])]]),
  ]);
  const mask = (...pieces: readonly Uint8Array[]) => MASKS['ieee11073-20601']()(pieces);

  it('keep what the device is, and lose its numbers and what is not known', () => {
    const masked = decodeApdu(mask(mds)[0]!);
    const attributes =
      masked.kind === 'PRST' && masked.message.kind === 'get-reply' ? masked.message.attributes : undefined;
    expect(attributes?.model).toEqual({ manufacturer: 'Maker', model: 'Scale 7' });
    expect(attributes?.production?.map(({ kind, text: value }) => [kind, value])).toEqual([
      [1, 'XXXXXXXXXXXX'],
      [5, '1.07'],
    ]);
    expect(Buffer.from(attributes?.systemId ?? []).toString()).toBe('XXXXXXXX');
    expect(latin1(mask(mds))).not.toMatch(/QUIL|FEAT/);
  });

  it('keep what was measured, and lose whose it is', () => {
    const out = mask(configuration, report);
    expect(out[0]).toEqual(configuration);
    expect(out[1]).toEqual(Uint8Array.from([...report.subarray(0, -2), 0x58, 0x58]));
  });

  it('are read as often, whole or not, as what came', () => {
    const all = [mds, configuration, report] as const;
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...all), fc.nat(30)), { maxLength: 8 }), (sent) => {
        // Some end early, and a pause follows each.
        const pieces = sent.map(([one, less]) => one.subarray(0, Math.max(one.length - (less < 20 ? 0 : less), 1)));
        const kinds = (from: readonly Uint8Array[]) => {
          const framer = new ApduFramer();
          return from.flatMap((piece) => [...framer.push(piece), ...framer.quiet()]).map((one) => 'apdu' in one);
        };
        const out = mask(...pieces);
        expect(kinds(out)).toEqual(kinds(pieces));
        for (const piece of out) expect(latin1([piece])).not.toMatch(/QUIL|FEATHER/);
      }),
      { numRuns: 200 },
    );
  });
});

describe('messages of Tandem pumps', () => {
  const message = (opCode: number, cargo: readonly number[]) => {
    const body = Uint8Array.from([opCode, 7, cargo.length, ...cargo]);
    const crc = crc16(body);
    return Uint8Array.from([...body, crc & 0xff, crc >>> 8]);
  };
  const packets = (bytesOf: Uint8Array) => {
    const count = Math.ceil(bytesOf.length / 18);
    return Array.from({ length: count }, (_, at) =>
      Uint8Array.from([count - 1 - at, 7, ...bytesOf.subarray(at * 18, at * 18 + 18)]),
    );
  };
  const joined = (out: readonly Uint8Array[]) => Buffer.concat(out.map((packet) => packet.subarray(2)));
  const cargo = Array.from({ length: 48 }, (_, at) => at + 1);
  const mask = (pieces: readonly Uint8Array[]) => MASKS['tandem-x2']()(pieces);

  it('keep versions and lose serial numbers, with a right checksum', () => {
    const out = joined(mask(packets(message(85, cargo))));
    const wanted = cargo.map((byte, at) => ((at >= 16 && at < 20) || (at >= 32 && at < 36) ? 0 : byte));
    expect([...out.subarray(3, -2)].map((byte, at) => (wanted[at] === 0 && byte >= 0x41 ? 0 : byte))).toEqual(wanted);
    expect(crc16(out.subarray(0, -2))).toBe(out.readUInt16LE(out.length - 2));
  });

  it('lose all of what is not known, and stay damaged where they were', () => {
    expect(joined(mask(packets(message(201, cargo)))).toString('latin1', 3, 51)).toMatch(/^X+$/);
    const bad = message(37, [1, 2, 3, 4]);
    bad[5]! ^= 0x40;
    const out = joined(mask(packets(bad)));
    expect([...out.subarray(0, 3)]).toEqual([37, 7, 4]);
    expect(crc16(out.subarray(0, -2))).not.toBe(out.readUInt16LE(out.length - 2));
  });

  it('keep records of known types, and lose the data of others', () => {
    const record = (type: number) => [type & 0xff, type >> 8, ...Array.from({ length: 24 }, (_, at) => at + 1)];
    const out = [...joined(mask(packets(message(129, [2, 0, ...record(280), ...record(77)]))))];
    expect(out.slice(5, 31)).toEqual(record(280));
    expect(out.slice(31, 41)).toEqual(record(77).slice(0, 10));
    expect(String.fromCharCode(...out.slice(41, 57))).toMatch(/^X+$/);
  });

  it('of which a packet is missing are covered', () => {
    const [first, , third] = packets(
      message(
        65,
        [...'0QUILFEATHER QUILFEATHER QUILFEATHER'].map((c) => c.charCodeAt(0)),
      ),
    );
    expect(latin1(mask([first!, third!, ...packets(message(33, [2, 0, 5, 0]))]))).not.toMatch(/QUIL|FEATHER/);
  });
});

describe('answers of a bridge to a MiniMed pump', () => {
  const framed = (kind: number, payload: Uint8Array) => {
    const body = Uint8Array.of(kind, 0, payload.length >> 8, payload.length & 0xff, ...payload);
    const crc = crc16(body);
    return Uint8Array.of(0x4f, 0x42, ...body, crc >> 8, crc & 0xff);
  };
  const page = (records: readonly number[]) => {
    const data = new Uint8Array(1022);
    data.set(records);
    const crc = crc16(data);
    return Uint8Array.of(...data, crc >> 8, crc & 0xff);
  };
  const hello = framed(0x81, bytes('family minimed\nmodel 754\nowner QUILFEATHER\nhistory 2'));
  const meter = [0x3f, 22, 1, 2, 3, 4, 5, 0x12, 0x34, 0x56];
  const suspend = [0x1e, 1, 1, 2, 3, 4, 5];
  const mask = (...pieces: readonly Uint8Array[]) => Buffer.concat(MASKS['minimed-bridge']()(pieces));
  const sound = (frame: Uint8Array) => crc16(frame.subarray(2, -2)) === frame.at(-2)! * 256 + frame.at(-1)!;

  it('keep events and times and lose the numbers of other devices, with right checksums', () => {
    const history = framed(0x91, page([...suspend, ...meter, ...meter, ...suspend]));
    const out = mask(hello, history.subarray(0, 300), history.subarray(300)).subarray(hello.length);
    const records = out.subarray(6);
    expect([...records.subarray(0, 14)]).toEqual([...suspend, ...meter.slice(0, 7)]);
    expect([...records.subarray(14, 17)]).not.toEqual(meter.slice(7));
    // The same meter is still the same one.
    expect(records.subarray(24, 27)).toEqual(records.subarray(14, 17));
    expect([...records.subarray(27, 34)]).toEqual(suspend);
    expect([sound(out), crc16(records.subarray(0, 1022))]).toEqual([true, records.readUInt16BE(1022)]);
  });

  it('lose lines of the bridge that nobody knows', () => {
    expect(latin1([mask(hello).subarray(6, -2)])).toBe(`family minimed\nmodel 754\n${'X'.repeat(17)}\nhistory 2`);
  });

  it('lose all behind a record that is not known, and pages of a pump whose model is not known', () => {
    const history = framed(0x91, page([...suspend, 0xf0, ...meter]));
    const known = mask(hello, history).subarray(hello.length + 6, -4);
    expect([...known.subarray(0, 8)]).toEqual([...suspend, 0xf0]);
    expect(latin1([known.subarray(8)])).toMatch(/^X+$/);
    expect(latin1([mask(history).subarray(6, -2)])).toMatch(/^X+$/);
  });

  it('stay damaged where they were, and so does what is not whole', () => {
    const bad = framed(0x91, page(meter));
    bad[20]! ^= 1;
    const out = mask(hello, bad, framed(0x93, Uint8Array.of(1, 2, 3, 4, 5))).subarray(hello.length);
    expect([...out.subarray(0, 2)]).toEqual([0x4f, 0x42]);
    expect(latin1([out.subarray(2, bad.length)])).toMatch(/^X+$/);
    expect([...out.subarray(bad.length + 6, -2)]).toEqual([1, 2, 3, 4, 5]);
    expect(latin1([mask(framed(0x93, bytes('QUILFEATHER')).subarray(0, -1))])).toMatch(/^X+$/);
  });
});
