import { describe, expect, it } from 'vitest';
import { TouchGuard } from './guard.js';

const touch = (at: number, more: Partial<{ id: number; x: number; y: number; target: unknown }> = {}) => ({
  id: 1,
  x: 0,
  y: 0,
  target: 'key',
  at,
  ...more,
});
const press = (guard: TouchGuard, from: number, to: number, target: unknown = 'key'): boolean => {
  guard.start(touch(from, { target }));
  return guard.end(touch(to, { target }));
};

describe('TouchGuard', () => {
  const guard = (): TouchGuard => new TouchGuard(() => 4.41);

  it('takes a press of 80 ms and refuses a shorter one', () => {
    expect(press(guard(), 0, 80)).toBe(true);
    expect(press(guard(), 0, 79)).toBe(false);
  });

  it('refuses travel over 10 mm, and a release elsewhere', () => {
    const far = guard();
    far.start(touch(0));
    expect(far.end(touch(100, { x: 45 }))).toBe(false);
    const near = guard();
    near.start(touch(0));
    expect(near.end(touch(100, { x: 44 }))).toBe(true);
    const off = guard();
    off.start(touch(0));
    expect(off.end(touch(100, { target: 'other' }))).toBe(false);
  });

  it('refuses both fingers when a second one comes down', () => {
    const two = guard();
    two.start(touch(0));
    two.start(touch(20, { id: 2, target: 'other' }));
    expect(two.end(touch(120, { id: 2, target: 'other' }))).toBe(false);
    expect(two.end(touch(130))).toBe(false);
    expect(press(two, 600, 700)).toBe(true);
  });

  it('refuses the same control again within 300 ms, not another one', () => {
    const quick = guard();
    expect(press(quick, 0, 100)).toBe(true);
    expect(press(quick, 150, 250, 'other')).toBe(true);
    expect(press(quick, 260, 350, 'other')).toBe(false);
    expect(press(quick, 500, 600, 'other')).toBe(true);
  });

  it('refuses what began or ended within 400 ms of a sheet', () => {
    const sheet = guard();
    sheet.hold(1_000);
    expect(press(sheet, 1_300, 1_500)).toBe(false);
    expect(press(sheet, 1_400, 1_500)).toBe(true);
    sheet.start(touch(2_000));
    sheet.hold(2_050);
    expect(sheet.end(touch(2_200))).toBe(false);
  });

  it('tells of trouble after four refused touches in two seconds, never of scrolling', () => {
    let troubles = 0;
    const wet = guard();
    wet.onTrouble(() => {
      troubles += 1;
    });
    for (const at of [0, 300, 600]) press(wet, at, at + 20);
    expect(troubles).toBe(0);
    press(wet, 900, 920);
    expect(troubles).toBe(1);
    for (const at of [3_000, 5_100, 7_200, 9_300]) press(wet, at, at + 20);
    for (const at of [20_000, 20_100, 20_200, 20_300, 20_400]) {
      wet.start(touch(at));
      wet.end(touch(at + 50, { x: 400 }));
    }
    expect(troubles).toBe(1);
  });

  it('forgets a cancelled touch', () => {
    const lost = guard();
    lost.start(touch(0));
    lost.cancel(1);
    expect(lost.end(touch(200))).toBe(false);
    expect(press(lost, 600, 700)).toBe(true);
  });
});
