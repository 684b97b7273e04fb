import { isOneBoxError, type OneBoxError } from '@onebox/protocol/errors.js';
import { expect } from 'vitest';
import type { Link, LinkProvider, Scan, SerialSettings, Sighting, TransportKind } from './link.js';

/** One device of a world, and what a test can make it do. */
export interface RemoteDevice {
  matches(sighting: Sighting): boolean;
  /** Sends packets of one octet each: 0, 1, 2 ... */
  push(count: number): void;
  /** The device ends the connection or the cable is pulled. */
  hangUp(): void;
  /** The device answers nothing any more, or again. */
  silence(on: boolean): void;
  /** Out of range, and back. */
  range?(near: boolean): void;
  rssi?(dbm: number): void;
  /** A raw L2CAP packet of the device: 4 ATT, 5 signalling, 6 SMP. */
  raw?(channel: 'att' | 'signalling' | 'smp', bytes: Uint8Array): void;
  /** Answers the next ATT requests with these octets, whatever was asked. */
  answerWith?(bytes: Uint8Array | undefined): void;
  indicate?(bytes: Uint8Array): Promise<void>;
}

export interface LinkWorld {
  readonly provider: LinkProvider;
  readonly device: RemoteDevice;
  /** As the first one, bit for bit. */
  readonly twin: RemoteDevice;
  /** Writes to this channel come back as packets (serial) or are kept (GATT). */
  readonly line?: SerialSettings;
  dispose(): Promise<void>;
}

export interface Abilities {
  readonly transport: TransportKind;
  /** The radio measures signal strength and repeats advertisements. */
  readonly rssi: boolean;
  /** Devices can go out of range. */
  readonly range: boolean;
}

/** GATT table of the devices of a BLE world. */
export const LAB = {
  service: 'FFF0',
  stored: 'FFF1',
  long512: 'FFF2',
  notify: 'FFF3',
  indicate: 'FFF4',
  refused: 'FFF5',
  silent: 'FFF6',
  long300: 'FFF7',
  empty: 'FFF8',
  secret: 'FFF9',
  /** In two services. */
  battery: '2A19',
} as const;

export const ramp = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => index & 0xff);

export const QUICK = { deadlineMs: 3_000 };
export const SHORT = { deadlineMs: 300 };
export const SLACK_MS = 700;

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export async function until(condition: () => boolean, ms = 5_000): Promise<void> {
  for (const end = Date.now() + ms; !condition(); ) {
    if (Date.now() > end) throw new Error('it did not happen in time');
    await pause(5);
  }
}

/** The error of a promise that must fail with one of ours, within its deadline. */
export async function failure(promise: Promise<unknown>, deadlineMs = QUICK.deadlineMs): Promise<OneBoxError> {
  const started = performance.now();
  const error = await promise.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  );
  expect(performance.now() - started).toBeLessThan(deadlineMs + SLACK_MS);
  if (!isOneBoxError(error)) throw error;
  return error;
}

/** Finds a device of a world; leaves the scan running. */
export async function find(provider: LinkProvider, device: RemoteDevice): Promise<{ id: string; scan: Scan }> {
  let id: string | undefined;
  const seen = (sighting: Sighting): void => {
    if (device.matches(sighting)) id = sighting.id;
  };
  const scan = await provider.scan({ seen, gone: () => {}, state: () => {} });
  await until(() => id !== undefined);
  return { id: id!, scan };
}

/** A device needs a moment to advertise again, and the provider to let go. */
export async function reopened(open: () => Promise<Link>): Promise<Link> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await open();
    } catch (error) {
      if (attempt === 20 || !isOneBoxError(error)) throw error;
      await pause(50);
    }
  }
}
