import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describeCaseResults, runCases } from '@onebox/driver-sdk/cases.js';
import { encodeAstmFrame } from '@onebox/driver-sdk/parts/astm-frame.js';
import { latin1Bytes } from '@onebox/driver-sdk/parts/text.js';
import { describe, expect, test } from 'vitest';
import cases from './cases.js';

const folder = join(import.meta.dirname, '../../../shared/device-data/astm-lis-serial');

describe('shared cases', () => {
  test.skipIf(!existsSync(folder))('every case passes (skipped where ../shared is not there)', async () => {
    const results = await runCases(folder, [cases]);
    expect(describeCaseResults(results)).not.toContain('\n');
    expect(results[0]!.passed).toBeGreaterThan(10);
  });
});

/** What we worked out from the rules of E1381 and E1394. */
describe('vocabulary', () => {
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
  const frame = (number: number, text: string, end: 'ETX' | 'ETB' = 'ETX') =>
    encodeAstmFrame(number, latin1Bytes(text), end);
  const run = (kind: string, input: object) => cases.files['cases.json']!.run({ kind, ...input });
  const play = (...steps: readonly (readonly [string, string])[]) =>
    cases.files['sessions.json']!.run({ steps: steps.map(([dir, bytes]) => ({ dir, hex: bytes })) });
  const [RECORD, OPEN] = [hex(frame(1, 'A|B\r')), hex(frame(1, 'A|B\rC', 'ETB'))];

  test('a record may be given as text alone', async () => {
    expect(await run('record', { text: 'A|B\\C^1|' })).toMatchObject({ fields: ['A', [['B'], ['C', '1']], null] });
  });

  test('frames are refused for what stands between them, and for an end that is not there', async () => {
    expect(await run('frames', { hex: RECORD + OPEN.slice(2) })).toEqual({ reject: 'format' });
    expect(await run('frames', { hex: OPEN, frames: [RECORD.slice(0, -4)] })).toEqual({ reject: 'incomplete' });
    expect(await run('frames', { hex: '' })).toEqual({ reject: 'incomplete' });
  });

  test('a text that no frame continues is left out', async () => {
    expect(await run('frames', { hex: OPEN })).toMatchObject({ records: [['A', 'B']] });
    expect(await run('frames', { hex: hex(frame(1, 'A|B\r', 'ETB')) })).toMatchObject({ records: [['A', 'B']] });
  });

  test('a capture may have lost its line ends, but no digit of a checksum', async () => {
    const bare = RECORD.slice(0, -4) + hex(frame(2, 'L|1|N\r')).slice(0, -4);
    expect(await run('session-frames', { hex: bare })).toMatchObject({ recordTypes: ['A', 'L'], frames: 2 });
    expect(await run('session-frames', { hex: bare.slice(0, -2) })).toEqual({ reject: 'incomplete' });
    expect(await run('frame', { hex: RECORD.slice(0, -4) })).toEqual({ reject: 'incomplete' });
  });

  test('a busy reader says so, and takes the session later', async () => {
    const session = [
      ['D', '05'],
      ['R', '06'],
      ['D', RECORD],
      ['R', '06'],
      ['D', '04'],
    ] as const;
    expect(await play(['D', '05'], ['R', '15'], ...session)).toMatchObject({ records: [['A', 'B']], complete: true });
  });

  test('a session that stops runs into the time limit of the receiver', async () => {
    expect(await play(['D', '05'], ['R', '06'], ['D', OPEN], ['R', '06'])).toMatchObject({
      records: [['A', 'B']],
      complete: false,
      timeout: true,
    });
  });
});
