import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describeCaseResults, type Json, runCases } from '@onebox/driver-sdk/cases.js';
import { compareCase } from '@onebox/driver-sdk/cases-compare.js';
import { describe, expect, test } from 'vitest';
import cases from './cases.js';

const folder = join(import.meta.dirname, '../../../shared/device-data/ieee11073-phd');

describe('shared cases', () => {
  test.skipIf(!existsSync(folder))('every case passes (skipped where ../shared is not there)', async () => {
    const results = await runCases(folder, [cases]);
    expect(describeCaseResults(results)).not.toContain('\n');
    expect(results[0]!.passed).toBeGreaterThan(30);
  });
});

test('shows an empty report as one of its form, and the bytes of a report that is not known', async () => {
  const of = async (type: string, info: string) => {
    const event = `000000000000${type}${u16(info.length / 2)}${info}`;
    const message = `00010101${u16(event.length / 2)}${event}`;
    const body = `${u16(message.length / 2)}${message}`;
    const actual = await cases.files['cases.json']!.run({ hex: `e700${u16(body.length / 2)}${body}` });
    return (eventInfo: Json) => compareCase({ eventInfo }, actual, new Set()).length;
  };
  expect((await of('0d1d', 'f000000000000000'))({ observations: [] })).toBe(0);
  expect((await of('0d20', 'f000000000000000'))({ persons: [] })).toBe(0);
  for (const type of ['0d24', '0d27']) expect((await of(type, 'f000000000000000'))({ groups: [] })).toBe(0);
  const unknown = await of('0d21', '0102');
  for (const info of ['0102', { hex: '0102' }]) expect(unknown(info)).toBe(0);
  expect(unknown('0103')).toBe(1);
});

const u16 = (value: number) => value.toString(16).padStart(4, '0');
