/** Bounds that the host sets whatever a manifest says. Milliseconds and bytes. */
export const LIMITS = {
  /** One read, write or subscription. Pairing may ask a person. */
  operationMs: 10_000,
  subscribeMs: 30_000,
  discoverMs: 15_000,
  /** One request of the end of the session. */
  endRequestMs: 1_000,
  /** Longest run of the driver between two calls: processor time, as the sandbox counts it. */
  turnMs: 2_000,
  /** What the host waits beyond that before it ends the process: the tablet may be busy. */
  turnGraceMs: 4_000,
  /** Start of the process with the machine and the bundle. */
  startMs: 30_000,
  /** For the driver to come to an end when the link is gone. */
  lastWordsMs: 1_000,
  /** One phase, where the manifest sets none. */
  phaseMs: 60_000,
  sleepMs: 60_000,
  idleMs: 600_000,
  /** Findings that break the rules before the driver is stopped. */
  badFindings: 20,
  streams: 16,
  streamBytes: 1024 * 1024,
  streamPackets: 16_384,
  /** What one answer to `next` carries. */
  batchBytes: 64 * 1024,
  batchPackets: 512,
  /** Calls that a driver may have waiting. */
  pendingCalls: 64,
  /** Memory of the process on top of what the driver itself may have. */
  processMiB: 160,
  watchMs: 100,
} as const;

/** Checks of the clocks, for tests that must not wait. */
export type Limits = { readonly [K in keyof typeof LIMITS]: number };
