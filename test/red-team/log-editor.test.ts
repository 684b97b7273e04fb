import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeFrame, type Frame, FrameType, readFrame } from '@onebox/gateway/audit/frame.js';
import { decodeRecord, encodeRecord } from '@onebox/gateway/audit/record.js';
import { verifyStore } from '@onebox/gateway/store.js';
import { beforeAll, describe, expect } from 'vitest';
import { onebox } from '../cli/run.js';
import { attack } from './attack.js';
import { enrol, factor, readPatient, scratch, second } from './victim.js';

const { root, start, stop } = scratch();
const tablet = join(root, 'tablet');
const copy = join(root, 'copy');

let personId: string | undefined;
let segment: string;
let whole: Buffer;
let frames: Frame[];

/** A whole access, from unlocking to locking. */
async function access(): Promise<void> {
  const gateway = await start('tablet');
  if (personId === undefined) personId = await enrol(gateway, 'Robin Vale', 'responder');
  else await gateway.call('unlock', { personId, factor, second: second(personId) });
  const { accessId } = await readPatient(gateway);
  await gateway.call('close', { accessId });
  await stop(gateway);
}

/** A fresh copy of the tablet, whose log the attacker has written. */
function withLog(bytes: Uint8Array): string {
  writeFileSync(join(copy, 'audit', segment), bytes);
  return copy;
}

const again = (chosen: readonly Frame[]): Buffer =>
  Buffer.concat(chosen.map(({ type, body, firstOfWrite }) => encodeFrame(type, body, firstOfWrite)));

/** The command as an auditor runs it: its exit code. */
async function verify(folder: string, ...more: readonly string[]): Promise<number | string> {
  return (await onebox(['audit', 'verify', '--data', folder, '--json', ...more])).code;
}

/** All that the tablet keeps apart from the log. */
function removeKept(folder: string): void {
  for (const name of readdirSync(join(folder, 'vault')))
    if (/^(checkpoint-|ratchet|seals-)/.test(name)) rmSync(join(folder, 'vault', name));
}

beforeAll(async () => {
  await access();
  cpSync(tablet, copy, { recursive: true });
  [segment = ''] = readdirSync(join(tablet, 'audit')).sort();
  whole = readFileSync(join(tablet, 'audit', segment));
  frames = [];
  for (let frame = readFrame(whole, 0); typeof frame === 'object'; frame = readFrame(whole, frame.end))
    frames.push(frame);
  expect(frames.at(-1)?.end).toBe(whole.length);
  expect(frames.filter(({ type }) => type === FrameType.record).length).toBeGreaterThan(10);
});

describe('somebody who edits the log', () => {
  attack('T12a', async () => {
    expect(await verifyStore(withLog(whole))).toMatchObject({ intact: true });
    for (let at = 0; at < whole.length; at += Math.ceil(whole.length / 40)) {
      const bad = Buffer.from(whole);
      bad[at]! ^= 1 << (at % 8);
      expect((await verifyStore(withLog(bad))).intact, `byte ${at}`).toBe(false);
    }
    expect(await verify(copy)).toBe(4);
  });

  attack('T12b', async () => {
    // The tool of the attacker writes what the log itself would write.
    expect(again(frames).equals(whole)).toBe(true);
    const kinds = { changed: 0, without: 0, doubled: 0, swapped: 0, moved: 0 };
    for (const [at, frame] of frames.entries()) {
      if (frame.type !== FrameType.record) continue;
      const record = decodeRecord(frame.body)!;
      const later = encodeRecord({ ...record, unixMs: Number(record.unixMs) + 60_000 }, Number(record.index));
      const next = frames.findIndex(({ type }, place) => place > at && type === FrameType.record);
      const swapped = frames.with(at, frames[next] ?? frame).with(Math.max(next, 0), next < 0 ? frames[0]! : frame);
      const edits: Readonly<Record<keyof typeof kinds, readonly Frame[]>> = {
        changed: frames.with(at, { ...frame, body: later }),
        without: frames.toSpliced(at, 1),
        doubled: frames.toSpliced(at, 0, frame),
        swapped,
        moved: [...frames.toSpliced(at, 1), frame],
      };
      const [changed, ...others] = Object.entries(edits) as [keyof typeof kinds, readonly Frame[]][];
      // Each record changed, and one of the other edits in turn.
      for (const [kind, edited] of [changed!, others[at % others.length]!]) {
        const bytes = again(edited);
        if (bytes.equals(whole)) continue;
        expect((await verifyStore(withLog(bytes))).intact, `${kind} ${at}`).toBe(false);
        kinds[kind] += 1;
      }
    }
    expect(kinds.changed).toBeGreaterThan(10);
    for (const count of Object.values(kinds)) expect(count).toBeGreaterThan(2);
    expect(await verify(withLog(again(frames.toSpliced(5, 1))))).toBe(4);
  });

  attack('T12c', async () => {
    for (const { offset } of frames)
      expect((await verifyStore(withLog(whole.subarray(0, offset)))).intact, `cut at ${offset}`).toBe(false);
    expect(await verify(copy)).toBe(4);
  });

  attack('T12d', async () => {
    const receipt = join(root, 'handed-out.tlog-proof');
    const place = String(frames.filter(({ type }) => type === FrameType.record).length - 3);
    const made = await onebox(['audit', 'receipt', place, '--out', receipt, '--data', tablet]);
    expect(made.code, made.stderr).toBe(0);
    expect(await verify(tablet, '--checkpoint', receipt)).toBe(0);

    const cut = join(root, 'cut');
    cpSync(tablet, cut, { recursive: true });
    truncateSync(join(cut, 'audit', segment), frames[Math.floor(frames.length / 2)]!.offset);
    removeKept(cut);
    expect(await verify(cut, '--checkpoint', receipt)).toBe(4);
  });

  attack('T12e', async () => {
    const older = join(root, 'older');
    cpSync(tablet, older, { recursive: true });
    await access();
    const elsewhere = join(root, 'elsewhere');
    mkdirSync(elsewhere);
    const note = readdirSync(join(tablet, 'vault')).find((name) => name.startsWith('checkpoint-'))!;
    cpSync(join(tablet, 'vault', note), join(elsewhere, note));
    const receipt = join(elsewhere, 'access.tlog-proof');
    const { entries } = await verifyStore(tablet);
    const made = await onebox(['audit', 'receipt', String(entries - 4), '--out', receipt, '--data', tablet]);
    expect(made.code, made.stderr).toBe(0);
    for (const kept of [receipt, join(elsewhere, note)]) {
      expect(await verify(tablet, '--checkpoint', kept)).toBe(0);
      expect(await verify(older, '--checkpoint', kept)).toBe(4);
    }
    // Whole in itself: nothing in the folder tells that it is old.
    expect(await verify(older)).toBe(0);
  });
});
