import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ed25519 } from '@noble/curves/ed25519.js';
import { isOneBoxError } from '@onebox/protocol/errors.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ed25519FromSeed } from './crypto.js';
import {
  checkpointText,
  encodeSkey,
  encodeVkey,
  openNote,
  parseCheckpoint,
  parseSkey,
  parseVkey,
  signNote,
} from './note.js';

const seed = Uint8Array.from({ length: 32 }, (_, at) => at);
const name = 'onebox.test/log';
const vkey = encodeVkey(name, ed25519FromSeed(seed).publicKey);
const refuses = (act: () => unknown) => {
  try {
    act();
  } catch (error) {
    return isOneBoxError(error, 'NOTE_INVALID');
  }
  return false;
};

describe('signed notes', () => {
  it('agree with a second implementation of Ed25519', () => {
    const message = new TextEncoder().encode('a message');
    expect(new Uint8Array(ed25519FromSeed(seed).sign(message))).toEqual(ed25519.sign(message, seed));
    expect(ed25519FromSeed(seed).publicKey).toEqual(ed25519.getPublicKey(seed));
  });

  it('open with the key that signed them, through both key texts', () => {
    const note = signNote('one\n\ntwo\n', [parseSkey(encodeSkey(name, seed))]);
    expect(openNote(note, [parseVkey(vkey)])).toEqual({ text: 'one\n\ntwo\n', verified: [name] });
    const other = parseVkey(encodeVkey(name, ed25519FromSeed(seed.map((byte) => byte ^ 1)).publicKey));
    expect(refuses(() => openNote(note, [other]))).toBe(true);
    expect(refuses(() => openNote(note, []))).toBe(true);
  });

  it('find every flipped byte of text and signature', () => {
    const note = Buffer.from(signNote('onebox.test/log\n12\nabc\n', [parseSkey(encodeSkey(name, seed))]));
    for (let at = 0; at < note.length; at++) {
      const flipped = Buffer.from(note);
      flipped[at]! ^= 1;
      expect(
        refuses(() => openNote(flipped.toString('utf8'), [parseVkey(vkey)])),
        `byte ${at}`,
      ).toBe(true);
    }
  });

  it('refuse keys with a wrong hash, length, algorithm or name', () => {
    for (const bad of [
      vkey.replace(/\+[0-9a-f]{8}\+/, '+00000000+'),
      `${vkey}AA`,
      vkey.replace('+A', '+B'),
      vkey.replace(name, 'a b'),
      '',
      '+++',
    ])
      expect(
        refuses(() => parseVkey(bad)),
        bad,
      ).toBe(true);
    expect(refuses(() => parseSkey(vkey))).toBe(true);
  });

  it('never throw anything but NOTE_INVALID', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(refuses(() => openNote(text, [parseVkey(vkey)]))).toBe(true);
        expect(refuses(() => parseVkey(text))).toBe(true);
      }),
    );
  });
});

describe('checkpoints', () => {
  it('are read as they are written', () => {
    const checkpoint = { origin: 'onebox.test/log/1', size: 12, root: seed };
    expect(checkpointText(checkpoint)).toBe('onebox.test/log/1\n12\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n');
    expect(parseCheckpoint(checkpointText(checkpoint))).toEqual(checkpoint);
    expect(parseCheckpoint(`${checkpointText(checkpoint)}extension\n`)).toEqual(checkpoint);
  });

  it('are refused with a bad size or root', () => {
    const good = checkpointText({ origin: 'o', size: 12, root: seed });
    for (const bad of [
      good.replace('12', '012'),
      good.replace('12', '-1'),
      good.replace('12', '99999999999999999999'),
      good.replace('=', ''),
      good.trimEnd(),
      '',
    ])
      expect(
        refuses(() => parseCheckpoint(bad)),
        JSON.stringify(bad),
      ).toBe(true);
  });
});

const vectors = fileURLToPath(new URL('../../../shared/vectors/note/notes.json', import.meta.url));
describe.skipIf(!existsSync(vectors))('shared vectors of C2SP notes (skipped: no ../shared)', () => {
  it('all', () => {
    const file = JSON.parse(readFileSync(vectors, 'utf8')) as {
      malformedVkeys: string[];
      cases: { id: string; vkeys: string[]; note: string; ok: boolean; verified: string[] }[];
    };
    expect(file.cases.length).toBeGreaterThan(8);
    for (const one of file.cases) {
      const open = () => openNote(one.note, one.vkeys.map(parseVkey));
      if (one.ok) expect(open().verified, one.id).toEqual(one.verified);
      else expect(refuses(open), one.id).toBe(true);
    }
    for (const bad of file.malformedVkeys)
      expect(
        refuses(() => parseVkey(bad)),
        bad,
      ).toBe(true);
  });
});
