import type { PhaseName } from '@onebox/driver-sdk/manifest.js';

/** What a simulated device does wrong on order. Messages are counted from 1 since the device was started. */
export interface Misbehaviour {
  /** Takes requests and says nothing. */
  readonly silent?: boolean;
  /** Milliseconds before each answer. */
  readonly slowMs?: number;
  /** Damages this message: GATT, its last fragment is cut; serial, one byte is wrong and with it the CRC. */
  readonly breakMessage?: number | undefined;
  /** Sends this message twice. */
  readonly duplicateMessage?: number;
  /** Hangs up before this many bytes of the link have been sent, once; a serial device falls silent for good. */
  readonly disconnectAfter?: number | undefined;
  /** Refuses these phases: number of `onebox.v1.RefusalReason`. */
  readonly refuse?: Readonly<Partial<Record<PhaseName, number>>>;
  /** Says that it is busy so many times. */
  readonly busyTimes?: number;
  /** States this version. */
  readonly version?: { readonly major: number; readonly minor: number };
  /** Says that its clock was never set. */
  readonly clockNotSet?: boolean;
  /** Ends each phase after so many findings and claims the full count. */
  readonly endAfter?: number;
  /** Phases that it does not have. */
  readonly without?: readonly PhaseName[];
}
