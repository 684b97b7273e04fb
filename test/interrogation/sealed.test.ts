import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { v1 } from '@onebox/protocol/messages.js';
import { startPracticeProviders } from '@onebox/simulation/practice/providers.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QUICK } from './bench-top.js';
import { everything, PIN, startTablet } from './tablet.js';

describe('what was read, on the disk', () => {
  let practice: Awaited<ReturnType<typeof startPracticeProviders>>;
  let tablet: Awaited<ReturnType<typeof startTablet>>;
  beforeAll(async () => {
    practice = await startPracticeProviders({ devices: ['icd'], radio: QUICK, rssiSwing: 0 });
    tablet = await startTablet({ providers: practice.providers });
  });
  afterAll(async () => {
    await tablet.stop();
    await practice.stop();
  });

  it('is sealed while it is read, and gone after close; no name, serial number, value or PIN is in clear anywhere', async () => {
    const { id } = await tablet.heard(({ deviceClass }) => deviceClass === 'icd');
    const records = () => readdirSync(join(tablet.folder, 'records')).filter((name) => name.endsWith('.sealed'));
    expect(records()).toEqual([]);
    const { accessId } = await tablet.breakGlass(id);
    const reading = tablet.gateway.readingOf(accessId);

    // Looked for again and again while findings come in.
    const searched: number[] = [];
    const secrets = [
      'PRACTICE-4417',
      'Practice ICD VR',
      'OneBox Practice',
      'Shock delivered',
      PIN,
      'Robin Vale',
      id,
      id.slice('ble:'.length),
    ];
    const search = (): void => {
      const disk = everything(tablet.folder);
      for (const secret of secrets.filter((text) => text !== 'Robin Vale'))
        expect(disk.includes(secret), secret).toBe(false);
      searched.push(disk.length);
    };
    let over = false;
    void reading.ended.then(() => {
      over = true;
    });
    while (!over) {
      search();
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    const document = await reading.ended;
    search();
    expect(searched.length).toBeGreaterThan(2);
    expect(records()).toHaveLength(1);
    const whole = v1.Interrogation.encode(document).finish().length;
    // It is there, all of it, under seal.
    expect((searched.at(-1) ?? 0) - (searched[0] ?? 0)).toBeGreaterThan(whole * 0.9);
    // Each finding as it is encoded would be found, had it been written as it is.
    const disk = everything(tablet.folder);
    for (const finding of document.finding ?? []) {
      const bytes = Buffer.from(v1.Finding.encode(finding).finish());
      if (bytes.length > 16) expect(disk.includes(bytes.subarray(0, 16))).toBe(false);
    }

    const { deleted } = await tablet.gateway.call('close', { accessId });
    expect(deleted).toBeGreaterThan(40);
    expect(records()).toEqual([]);
    search();
    expect(searched.at(-1) ?? 0).toBeLessThan(whole);
    await expect(tablet.gateway.call('values', { accessId })).rejects.toMatchObject({ name: 'OneBoxError' });
  });
});
