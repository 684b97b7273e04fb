import { describe, expect, it } from 'vitest';
import type { Packet } from '../link.js';
import { FILE_BYTES } from './limits.js';
import { FileProvider } from './provider.js';

const QUICK = { deadlineMs: 1_000 };

async function until(check: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500 && !check(); tries += 1) await new Promise((resolve) => setTimeout(resolve, 2));
  expect(check()).toBe(true);
}

describe('files as links', () => {
  it('give their bytes in order, then an empty packet, as fast as they are taken', async () => {
    const provider = new FileProvider();
    const content = Uint8Array.from({ length: 200_000 }, (_, index) => index & 0xff);
    const { id, file } = provider.add('export.hl7', content);
    expect([id, file?.bytes, file?.head.length]).toEqual(['file:1', 200_000, 4096]);
    const link = await provider.open(id);
    expect(await link.channels(QUICK)).toMatchObject([{ id: 'line', canWrite: false, canNotify: true }]);
    const got: Packet[] = [];
    let free: () => void = () => undefined;
    await link.subscribe(
      'line',
      (packet) => {
        got.push(packet);
        return new Promise<void>((resolve) => {
          free = resolve;
        });
      },
      QUICK,
    );
    await until(() => got.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(got).toHaveLength(1);
    for (let next = 2; next <= 5; next += 1) {
      free();
      await until(() => got.length === next);
    }
    expect(Buffer.concat(got.map(({ bytes }) => bytes)).equals(content)).toBe(true);
    expect(got.at(-1)?.bytes).toHaveLength(0);
    await link.close();
    expect(await link.ended).toEqual({});
  });

  it('end their subscription, and take nothing', async () => {
    const provider = new FileProvider();
    const link = await provider.open(provider.add('a', Uint8Array.of(1)).id);
    const got: Packet[] = [];
    const end = await link.subscribe('line', (packet) => got.push(packet), QUICK);
    await end();
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(got).toEqual([]);
    await expect(link.write('line', Uint8Array.of(1), QUICK)).rejects.toMatchObject({ kind: 'LINK_MISUSE' });
    await expect(link.read('line', QUICK)).rejects.toMatchObject({ kind: 'LINK_MISUSE' });
    await expect(link.subscribe('2A19', () => undefined, QUICK)).rejects.toMatchObject({ kind: 'LINK_NO_CHANNEL' });
    await link.close();
    await expect(link.subscribe('line', () => undefined, QUICK)).rejects.toMatchObject({ kind: 'LINK_ABORTED' });
  });

  it('are bounded in size and number, and gone when they are forgotten', async () => {
    const provider = new FileProvider();
    expect(() => provider.add('empty', new Uint8Array(0))).toThrow('OB-432');
    expect(() => provider.add('large', new Uint8Array(FILE_BYTES + 1))).toThrow('OB-431');
    const ids = [1, 2, 3, 4, 5].map((byte) => provider.add('same', Uint8Array.of(byte)).id);
    await expect(provider.open(ids[0]!)).rejects.toMatchObject({ kind: 'LINK_NOT_FOUND' });
    provider.forget(ids[4]!);
    await expect(provider.open(ids[4]!)).rejects.toMatchObject({ kind: 'LINK_NOT_FOUND' });
    expect((await provider.open(ids[1]!)).transport).toBe('file');
  });
});
