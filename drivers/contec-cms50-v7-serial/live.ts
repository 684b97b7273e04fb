import { LIVE, type Packet } from './packets.js';

/** One live packet (type 01, 7 data bytes, 60 per second). A value that the device marks as invalid is undefined. */
export interface LiveSample {
  /** 0 to 15; devices use 0 to 8. */
  readonly signalStrength: number;
  readonly searchingTooLong: boolean;
  readonly lowSpo2: boolean;
  readonly pulseBeep: boolean;
  readonly probeError: boolean;
  /** Plethysmogram, 0 to 127, no unit. */
  readonly pleth: number;
  readonly searchingPulse: boolean;
  /** 0 to 15. */
  readonly barGraph: number;
  readonly perfusionIndexValid: boolean;
  /** Per minute. */
  readonly pulseRate: number | undefined;
  /** Percent. */
  readonly spo2: number | undefined;
  /** As sent: the protocol does not state its scale. */
  readonly perfusionIndexRaw: number | undefined;
}

export const SAMPLES_PER_SECOND = 60;
const NO_PULSE_RATE = 255;
const NO_SPO2 = 127;
const NO_PERFUSION_INDEX = 0xffff;

/** Undefined when it is not a whole live packet. */
export function parseLive({ type, data }: Packet): LiveSample | undefined {
  if (type !== LIVE || data.length !== 7) return undefined;
  const [status, wave, bar, pulse, oxygen, low, high] = data as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return {
    signalStrength: status & 0x0f,
    searchingTooLong: (status & 0x10) !== 0,
    lowSpo2: (status & 0x20) !== 0,
    pulseBeep: (status & 0x40) !== 0,
    probeError: (status & 0x80) !== 0,
    pleth: wave & 0x7f,
    searchingPulse: (wave & 0x80) !== 0,
    barGraph: bar & 0x0f,
    perfusionIndexValid: (bar & 0x10) !== 0,
    pulseRate: pulseRate(pulse),
    spo2: spo2(oxygen),
    perfusionIndexRaw: perfusionIndex(low, high),
  };
}

export function pulseRate(byte: number): number | undefined {
  return byte === NO_PULSE_RATE ? undefined : byte;
}

export function spo2(byte: number): number | undefined {
  return byte === NO_SPO2 ? undefined : byte;
}

export function perfusionIndex(low: number, high: number): number | undefined {
  const raw = low | (high << 8);
  return raw === NO_PERFUSION_INDEX ? undefined : raw;
}

/** 0 and more than 100 % are no saturation, and 0 is no pulse rate: devices send them when they have no signal. */
export function usableSpo2(value: number | undefined): number | undefined {
  return value !== undefined && value >= 1 && value <= 100 ? value : undefined;
}

export function usablePulseRate(value: number | undefined): number | undefined {
  return value === 0 ? undefined : value;
}
