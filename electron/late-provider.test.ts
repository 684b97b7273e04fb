import type { LinkProvider } from '@onebox/gateway/links/link.js';
import { describe, expect, it } from 'vitest';
import { lateProvider } from './late-provider.js';

function provider(calls: string[]): LinkProvider {
  return {
    transport: 'ble',
    preflight: async () => {
      calls.push('preflight');
      return [];
    },
    dispose: async () => void calls.push('dispose'),
  } as unknown as LinkProvider;
}

describe('lateProvider', () => {
  it('makes the provider once, at the first call, and lets calls wait for it', async () => {
    const calls: string[] = [];
    let begin: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    let made = 0;
    const late = lateProvider('ble', async () => {
      made += 1;
      await begun;
      return provider(calls);
    });
    expect(made).toBe(0);
    const asked = Promise.all([late.preflight(), late.preflight()]);
    expect([made, calls]).toEqual([1, []]);
    begin();
    await asked;
    await late.dispose();
    expect([made, calls]).toEqual([1, ['preflight', 'preflight', 'dispose']]);
  });

  it('makes none to dispose of it', async () => {
    let made = 0;
    await lateProvider('serial', async () => {
      made += 1;
      return provider([]);
    }).dispose();
    expect(made).toBe(0);
  });

  it('fails as the making did', async () => {
    const late = lateProvider('ble', async () => {
      throw new Error('no radio');
    });
    await expect(late.preflight()).rejects.toThrow('no radio');
    await expect(late.dispose()).rejects.toThrow('no radio');
  });
});
