import type { PracticePatient } from '@onebox/drivers/onebox-native/practice/patient.js';
import { PATIENTS } from '@onebox/drivers/onebox-native/practice/patients.js';
import { NativeBleSimulator } from '@onebox/drivers/onebox-native/simulator.js';
import { type Interrogation, type Time, v1 } from '@onebox/protocol/messages.js';
import { describe, expect, it } from 'vitest';
import { deviceOnAir, newSession } from './bench-top.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const { TIME_QUALITY_DEVICE, TIME_QUALITY_CORRECTED, TIME_QUALITY_ORDER_ONLY } = v1.TimeQuality;

const icd = PATIENTS[0]!;

/** The practice ICD, whose clock is an hour slow, with a clock that is so far from the tablet's. */
function withClock(clockOffsetMs: number | undefined): PracticePatient {
  if (clockOffsetMs === undefined) return { ...icd, clockOffsetMs };
  return { ...icd, clockOffsetMs, read: (now) => icd.read(now + clockOffsetMs - (icd.clockOffsetMs ?? 0)) };
}

/** Reads it. */
async function readWithClock(clockOffsetMs: number | undefined): Promise<Interrogation> {
  const device = await deviceOnAir(new NativeBleSimulator(withClock(clockOffsetMs)));
  try {
    const { session } = newSession({ open: device.open });
    const document = await session.run();
    expect(session.error).toBeUndefined();
    return document;
  } finally {
    await device.close();
  }
}

/** Times of what happened: episodes and their therapies, the latest first. */
function times({ finding }: Interrogation): Time[] {
  return (finding ?? []).flatMap(({ episode }) => (episode?.time ? [episode.time] : []));
}

/** The last shock of the practice patient: 23 min ago, and some seconds. */
const SHOCK_MS_AGO = 23 * MINUTE;

describe('the clock of the device beside that of the tablet', () => {
  it.each([
    ['40 s fast', 40_000],
    ['40 s slow', -40_000],
  ])('%s: they agree, times stay as the device says them', async (_name, offset) => {
    const document = await readWithClock(offset);
    expect(Math.abs((document.deviceClock?.offsetMs ?? 0) - offset)).toBeLessThan(2000);
    expect(times(document).map(({ quality }) => quality)).toEqual([
      TIME_QUALITY_DEVICE,
      TIME_QUALITY_DEVICE,
      TIME_QUALITY_DEVICE,
    ]);
  });

  it.each([
    ['4 min fast', 4 * MINUTE],
    ['62 min slow', -62 * MINUTE],
    ['25 h fast', 25 * HOUR],
    ['25 h slow', -25 * HOUR],
  ])('%s: times are moved to the clock of the tablet, and what the device said is kept', async (_name, offset) => {
    const document = await readWithClock(offset);
    const [last] = times(document);
    expect(Math.abs((document.deviceClock?.offsetMs ?? 0) - offset)).toBeLessThan(2000);
    expect(times(document).map(({ quality }) => quality)).toEqual([
      TIME_QUALITY_CORRECTED,
      TIME_QUALITY_CORRECTED,
      TIME_QUALITY_CORRECTED,
    ]);
    expect(Math.abs((document.startedUnixMs ?? 0) - SHOCK_MS_AGO - (last?.unixMs ?? 0))).toBeLessThan(30_000);
    const said = Date.parse(`${last?.deviceText}Z`);
    expect(Math.abs(said - offset - (last?.unixMs ?? 0))).toBeLessThan(2000);
  });

  it.each([
    ['27 h fast', 27 * HOUR],
    ['27 h slow', -27 * HOUR],
    ['never set', undefined],
  ])('%s: only the order is told, later is larger', async (_name, offset) => {
    const document = await readWithClock(offset);
    expect(Boolean(document.deviceClock?.notSet)).toBe(offset === undefined);
    const told = times(document);
    expect(told.map(({ quality }) => quality)).toEqual([
      TIME_QUALITY_ORDER_ONLY,
      TIME_QUALITY_ORDER_ONLY,
      TIME_QUALITY_ORDER_ONLY,
    ]);
    expect(told.every(({ unixMs }) => !unixMs)).toBe(true);
    const order = told.map((time) => time.order ?? 0);
    expect(order).toEqual([...order].sort((a, b) => b - a));
    expect(new Set(order).size).toBe(3);
  });
});
