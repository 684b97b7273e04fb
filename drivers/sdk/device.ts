import type { Finding, Phase } from '@onebox/protocol/messages.js';

/** What a driver sees of the world: one link, a clock, and whether to stop. It owns none of them. */

/** Bytes that came in. `at` is the tablet's clock in milliseconds since 1970. */
export interface Packet {
  readonly channel: string;
  readonly bytes: Uint8Array;
  readonly at: number;
}

export type RequestParameters = Readonly<Record<string, number | string>>;

export interface WaitOptions {
  /** Milliseconds without a packet after which the iteration throws LINK_TIMEOUT. The host has its own, longer limit. */
  readonly idleMs?: number;
}

export interface Device {
  readonly transport: 'ble' | 'serial' | 'file';
  /** GATT characteristics that the device offers (`2A19`, or 32 hex digits); `line` on serial and of a file. */
  readonly channels: readonly string[];
  /** Ids of the services in the advertisement and the GATT table. */
  readonly services: readonly string[];
  /** True when this phase is wanted and was not finished on an earlier link of this session. */
  wants(phase: Phase): boolean;
  /** Findings of this phase, clocks not counted, that the host has already from an earlier link of this session. */
  received(phase: Phase): number;
  /**
   * The user goes on watching when all wanted phases are done: a driver of a live source then goes on
   * yielding values until the host stops it. False: end after the last wanted phase.
   */
  readonly live: boolean;
  /** Reads a characteristic. Throws LINK_REFUSED, LINK_TIMEOUT, LINK_EMPTY, LINK_NO_CHANNEL ... */
  read(channel: string): Promise<Uint8Array>;
  /** As `read`, as UTF-8 text without trailing NULs and white space. */
  readText(channel: string): Promise<string>;
  /** Sends a request that the manifest lists, by its name. The host builds the bytes. */
  request(name: string, parameters?: RequestParameters): Promise<void>;
  /**
   * Subscribes, and iterates over what comes. Leaving the loop unsubscribes. Packets that arrive between
   * `packets()` and the first step are kept: subscribe first, then request.
   */
  packets(channels: string | readonly string[], options?: WaitOptions): Promise<PacketStream>;
  /** Tablet clock, milliseconds since 1970. */
  now(): number;
  /** Minutes that the tablet's local time is ahead of UTC, as of the start: for device clocks without a zone. */
  readonly utcOffsetMinutes: number;
  sleep(ms: number): Promise<void>;
  /**
   * Hands a finding to the host. Resolves when the host has taken it (back pressure). Bytes are a finding that
   * the device itself has encoded as `onebox.v1.Finding`: they are passed on as they are.
   */
  report(finding: Finding | Uint8Array): Promise<void>;
}

export interface PacketStream extends AsyncIterable<Packet> {
  /** The next packet, or undefined when `idleMs` passed without one. */
  next(idleMs?: number): Promise<Packet | undefined>;
  close(): Promise<void>;
}

/** A driver's program: yields findings, critical facts first. */
export type DriverProgram = (device: Device) => AsyncGenerator<Finding, void, void>;

/**
 * The maker's own way to be let in, with the requests that the manifest lists; runs on every link before the
 * program, not on practice links. Throws AUTHORISATION_NEEDED when the device does not let the reader in.
 */
export type Authorise = (device: Device) => Promise<void>;
