import { readStored, writeStored } from './stored.js';

/** CSS pixels per real millimetre: a measured value, or that of a 10.1 inch tablet at 200 %. */
export const DEFAULT_PX_PER_MM = 4.41;
/** What a bank card may say; anything else is a mistake of the measurement. */
export const PX_PER_MM_RANGE = { low: 3, high: 10 } as const;
/** ISO/IEC 7810 ID-1, in millimetres. */
export const BANK_CARD = { width: 85.6, height: 53.98 } as const;

const KEY = 'onebox.pxPerMm';
let measured: number | undefined;

const valid = (value: number): boolean =>
  Number.isFinite(value) && value >= PX_PER_MM_RANGE.low && value <= PX_PER_MM_RANGE.high;

export const pxPerMm = (): number => measured ?? DEFAULT_PX_PER_MM;

/** True when the screen was measured: only then strips are true to scale. */
export const isCalibrated = (): boolean => measured !== undefined;

function apply(): void {
  document.documentElement.style.setProperty('--mm', `${pxPerMm()}px`);
}

/** Takes the stored measurement, or the one given (for instance of the display's own data). */
export function loadScale(given?: number): void {
  const stored = Number(readStored(KEY) ?? Number.NaN);
  measured = given !== undefined && valid(given) ? given : valid(stored) ? stored : undefined;
  apply();
}

/** Stores a measurement; false when it is out of range. */
export function saveScale(value: number): boolean {
  if (!valid(value)) return false;
  measured = value;
  writeStored(KEY, String(value));
  apply();
  return true;
}
