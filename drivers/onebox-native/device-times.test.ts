import type { Finding } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/messages.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toTabletTime } from './device-times.js';
import { PATIENTS } from './practice/patients.js';
import { readResponse } from './response.js';

const NOW = Date.UTC(2026, 10, 22, 14, 32);
const { TIME_QUALITY_DEVICE: DEVICE, TIME_QUALITY_CORRECTED: CORRECTED } = v1.TimeQuality;
const OFFSET = -3_720_000;

/** The slow way: decode, move every time of the device's clock that is anywhere in the message, encode. */
function moveAll(value: unknown): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
  const time = value as { unixMs?: number; endUnixMs?: number; quality?: number };
  if (time.quality === DEVICE) {
    time.unixMs = (time.unixMs ?? 0) - OFFSET;
    if (time.endUnixMs) time.endUnixMs -= OFFSET;
    time.quality = CORRECTED;
  }
  for (const inner of Object.values(value)) moveAll(inner);
}

describe('times of a device', () => {
  const findings = PATIENTS.flatMap((patient) => Object.values(patient.read(NOW)).flat());

  it('are moved by the offset wherever they stand, and nothing else changes', () => {
    for (const finding of findings) {
      const expected = v1.Finding.decode(v1.Finding.encode(finding).finish());
      moveAll(expected);
      const moved = toTabletTime(v1.Finding.encode(finding).finish(), { offsetMs: OFFSET, notSet: false });
      expect(v1.Finding.decode(moved)).toEqual(expected);
    }
  });

  it('stay as they are while the clocks agree within a minute', () => {
    for (const offsetMs of [0, 60_000, -60_000]) {
      const bytes = v1.Finding.encode(findings[5] ?? {}).finish();
      expect(toTabletTime(bytes, { offsetMs, notSet: false })).toBe(bytes);
    }
  });

  it('tell only the order when the clock was never set', () => {
    const time = { unixMs: 86_400_000, quality: DEVICE, deviceText: '1970-01-02T00:00:00' };
    const finding: Finding = { episode: { id: 'e', time } };
    const moved = v1.Finding.decode(toTabletTime(v1.Finding.encode(finding).finish(), { offsetMs: 0, notSet: true }));
    expect(moved.episode?.time).toMatchObject({
      unixMs: 0,
      quality: v1.TimeQuality.TIME_QUALITY_ORDER_ONLY,
      order: 86_400,
      deviceText: '1970-01-02T00:00:00',
    });
  });

  it('take any bytes of a device: a message, or a RangeError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          expect(toTabletTime(bytes, { offsetMs: OFFSET, notSet: false })).toBeInstanceOf(Uint8Array);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe('responses', () => {
  it('are read without decoding the finding', () => {
    const finding = { component: { id: 'battery', kind: v1.Component.Kind.KIND_BATTERY, instance: 1 } };
    const response = readResponse(v1.Response.encode({ id: 7, finding }).finish());
    expect(response?.id).toBe(7);
    expect(response?.kind === 'finding' && v1.Finding.decode(response.finding)).toMatchObject(finding);
    expect(readResponse(v1.Response.encode({ id: 8, phaseEnd: { phase: 2, count: 5 } }).finish())).toEqual({
      id: 8,
      kind: 'phase-end',
      phase: 2,
      count: 5,
    });
  });

  it('never throw, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => void readResponse(bytes)),
      { numRuns: 3000 },
    );
  });
});
