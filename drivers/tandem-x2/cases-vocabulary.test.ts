import { compareCase, type Json, type JsonObject } from '@onebox/driver-sdk/cases-compare.js';
import { describe, expect, it } from 'vitest';
import cases from './cases.js';
import { expectedField } from './cases-vocabulary.js';
import { ANSWERS } from './messages.js';
import { writePackets } from './packets.js';

const { 'cases.json': messages, 'read-requests.json': requests } = cases.files;
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

async function misses(content: JsonObject, file = messages!): Promise<number> {
  const { packets: _, ...input } = content;
  const expected = file.expectation!.of(content);
  return compareCase(expected, await file.run(file === requests ? input : content), new Set()).length;
}

describe('the vocabulary of the cases', () => {
  it('knows every request by the name that the published library gives it', async () => {
    for (const { name, request } of Object.values(ANSWERS)) {
      const args = { idpId: 1, segmentIndex: 2, startLog: 70_000, numberOfLogs: 5 };
      const wanted = Object.entries(args).filter(([arg]) => (ARGUMENTS[name] ?? []).includes(arg));
      const input = { request: `${name}Request`, txId: 3, args: Object.fromEntries(wanted) };
      expect(await requests!.run(input)).toMatchObject({ opCode: request });
    }
  });

  it('takes bytes in signed form, but not of fields that are signed themselves', async () => {
    expect(expectedField('streamId', -56)).toBe(200);
    expect(expectedField('trendRate', -1)).toBe(-1);
    expect(expectedField('idpSlot2Id', -1)).toBe(-1);
    expect(expectedField('iob', -1.5)).toBe(-1.5);
    const packets = writePackets({ opCode: 129, transaction: 0, cargo: Uint8Array.of(0, 200) }).map(hex);
    for (const [streamId, wrong] of [
      [-56, 0],
      [200, 0],
      [-57, 1],
    ] as const)
      expect(await misses({ packets, expected: { streamId } })).toBe(wrong);
    const input = { request: 'HistoryLogRequest', txId: -1, args: { startLog: 0, numberOfLogs: -1 } };
    const { packets: sent } = await requests!.run(input);
    expect((sent as readonly string[])[0]).toMatch(/^00ff3cff0500000000ff/);
  });

  it('takes a number or its name where the author asserts one', async () => {
    const record = `8f11${'00'.repeat(12)}20${'00'.repeat(11)}`;
    const asserted = (alsoAsserted: Json) => misses({ record, expected: {}, alsoAsserted });
    expect(await asserted({ algorithmState: 'REPORTABLE_PERIOD_VALID_EGV', algorithmStateRaw: 32 })).toBe(0);
    expect(await asserted({ algorithmState: 'WARMUP' })).toBe(1);
  });
});

const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  HistoryLog: ['startLog', 'numberOfLogs'],
  IDPSettings: ['idpId'],
  IDPSegment: ['idpId', 'segmentIndex'],
};
