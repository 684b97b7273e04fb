import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describeCaseResults, runCases } from '@onebox/driver-sdk/cases.js';
import { describe, expect, it } from 'vitest';
import cases from './cases.js';

const folder = join(import.meta.dirname, '../../../shared/device-data', cases.protocol);
const there = existsSync(folder);
if (!there) console.warn(`skipped: no ${folder}`);

it.skipIf(!there)('decodes every case of the shared collection', async () => {
  const results = await runCases(folder, [cases]);
  expect(describeCaseResults(results)).toMatch(/^ble-vitals-gatt: [1-9]\d* passed, 0 failed$/);
});

/** Values that we worked out from the layouts of the specification. */
describe('vocabulary', () => {
  const run = (characteristic: string, hex: string) => cases.files['cases.json']!.run({ characteristic, hex });
  const decimal = (text: string) => ({ decimal: text });

  it('of blood pressures in kPa and in the making', async () => {
    expect(await run('2A35', '05a0f068f0ff0748f0')).toMatchObject({
      unit: 'kPa',
      systolic: decimal('16.0'),
      diastolic: decimal('10.4'),
      meanArterialPressure: 'NaN',
      pulseRateBpm: decimal('7.2'),
      timestamp: null,
      userId: null,
      measurementStatus: null,
    });
    expect(await run('2A36', '009600ff07ff07')).toMatchObject({
      systolic: decimal('150'),
      diastolic: 'NaN',
      cuffPressure: decimal('150'),
    });
  });

  it('of continuous oximetry with all of its fields', async () => {
    expect(await run('2A5F', '1f61005f0060005e0062006000200120000015f0')).toMatchObject({
      spo2: decimal('97'),
      spo2Fast: decimal('96'),
      pulseRateSlowBpm: decimal('96'),
      slow: { spo2: decimal('98') },
      measurementStatus: 0x0120,
      deviceAndSensorStatus: 0x20,
      pulseAmplitudeIndex: decimal('2.1'),
    });
  });

  it('of refused values', async () => {
    expect(await run('2A35', '00')).toEqual({ reject: 'length' });
    expect(await run('2A1C', '0068010000ff')).toEqual({ reject: 'length' });
    expect(await run('2A19', '65')).toEqual({ reject: 'range' });
    expect(await run('2A29', 'ff')).toEqual({ reject: 'text' });
    expect(() => run('2AFF', '00')).toThrow('2AFF');
  });

  it('of special numbers', async () => {
    expect(await run('SFLOAT', 'fe07')).toEqual({ value: '+INF' });
    expect(await run('FLOAT', '000080 00')).toEqual({ value: 'NRes' });
    expect(await run('FLOAT', '010000 7f')).toEqual({ value: decimal('1e127') });
  });
});
