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
  expect(describeCaseResults(results)).toMatch(/^ble-glucose-racp: [1-9]\d* passed, 0 failed$/);
});

/** Values that we worked out from the layouts of the specification. */
describe('vocabulary', () => {
  const run = (characteristic: string, hex: string) => cases.files['cases.json']!.run({ characteristic, hex });
  const play = (...steps: readonly { readonly [key: string]: string }[]) =>
    cases.files['racp-sessions.json']!.run({ steps });
  const RECORD = '030600e407040d10260a000078b0f1';
  const decimal = (text: string) => ({ decimal: text });

  it('of a concentration in mol/L', async () => {
    expect(await run('2A18', '060100e807011e053a1b3ec011')).toMatchObject({
      concentrationMolPerL: decimal('0.0062'),
      concentrationKgPerL: null,
      mgPerDl: decimal('112'),
      mmolPerL1dp: decimal('6.2'),
      patientValue: true,
    });
  });

  it('of a control solution', async () => {
    expect(await run('2A18', '020100e807011e053a1b78b04a')).toMatchObject({
      type: 10,
      sampleLocation: 4,
      controlSolution: true,
      patientValue: false,
    });
  });

  it('of a context', async () => {
    expect(await run('2A34', '5f0f00021ed00251100064 0105a03ff0')).toMatchObject({
      sequenceNumber: 15,
      carbohydrateId: 2,
      carbohydrateKg: decimal('0.030'),
      meal: 2,
      tester: 1,
      health: 5,
      exerciseDurationSeconds: 16,
      exerciseIntensityPercent: 100,
      medicationId: 1,
      medicationKg: decimal('0.000005'),
      medicationL: null,
      hba1cPercent: decimal('6.3'),
    });
  });

  it('of sessions with a count, an abort and no end', async () => {
    expect(await play({ write: '2A52', hex: '0401' }, { indicate: '2A52', hex: '05000700' })).toMatchObject({
      count: 7,
      records: 0,
      result: 'success',
    });
    expect(
      await play(
        { write: '2A52', hex: '0101' },
        { notify: '2A18', hex: RECORD },
        { write: '2A52', hex: '0300' },
        { indicate: '2A52', hex: '06000301' },
      ),
    ).toMatchObject({ records: 1, result: 'aborted', complete: false });
    expect(await play({ write: '2A52', hex: '0101' }, { notify: '2A18', hex: RECORD })).toMatchObject({
      records: 1,
      result: 'incomplete',
      complete: false,
    });
    expect(await play({ write: '2A52', hex: '0101' }, { indicate: '2A52', hex: '06000108' })).toMatchObject({
      result: 'incomplete',
      complete: false,
      responseValue: 8,
    });
  });

  it('of every request that a reader may send, also those that our driver does not', async () => {
    const time = 'e8070101000000';
    for (const [request, filter] of [
      [`010302${time}`, 'time>=2024-01-01T00:00:00'],
      [`010202${time}`, 'time<=2024-01-01T00:00:00'],
      [`010402${time}${time}`, 'time 2024-01-01T00:00:00..2024-01-01T00:00:00'],
      ['0104010500 0900', 'sequence 5..9'],
    ] as const) {
      const steps = [
        { write: '2A52', hex: request },
        { notify: '2A18', hex: RECORD },
      ];
      expect(await play(...steps, { indicate: '2A52', hex: '06000101' })).toMatchObject({
        records: 1,
        result: 'success',
        filter,
      });
    }
    const count = [
      { write: '2A52', hex: '0403010500' },
      { indicate: '2A52', hex: '05000200' },
    ];
    expect(await play(...count)).toMatchObject({ count: 2, filter: 'sequence>=5' });
  });

  it('of a concentration without its record', async () => {
    expect(await run('SFLOAT', '6eb0')).toMatchObject({
      value: decimal('0.00110'),
      concentrationKgPerL: decimal('0.00110'),
      mgPerDl: decimal('110'),
      mmolPerL1dp: decimal('6.1'),
    });
    expect(await run('SFLOAT', 'ff07')).toMatchObject({ value: 'NaN', mgPerDl: null, plausibleGlucose: false });
    expect(await run('SFLOAT', '6e')).toEqual({ reject: 'length' });
  });

  it('refuses requests that delete, and what is none', async () => {
    for (const request of ['0201', '0101ff', '0105ff', '01030105', '0300ff', '0701', '0500', '0103', '01', '']) {
      expect(await play({ write: '2A52', hex: request })).toMatchObject({ reject: expect.any(String) });
    }
  });
});
