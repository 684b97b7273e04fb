import type { PhaseName } from '@onebox/driver-sdk/manifest.js';
import type { ContentFault } from '@onebox/driver-sdk/simulated/faults.js';
import { v1 } from '@onebox/protocol/messages.js';

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
  /** Says that its clock is so much further, ms. */
  readonly clockFastMs?: number;
  /** Has no number where it has one; the number of `onebox.v1.AbsentReason`. */
  readonly absent?: number;
  /** Gives its numbers in this unit. */
  readonly unit?: string;
  /** Sends fields that version 1.0 does not have. */
  readonly unknownFields?: boolean;
  /** Says that its clock was never set. */
  readonly clockNotSet?: boolean;
  /** Ends each phase after so many findings and claims the full count. */
  readonly endAfter?: number;
  /** Phases that it does not have. */
  readonly without?: readonly PhaseName[];
}

/** The faults of the common vocabulary, as a device that speaks onebox.v1 has them. */
export const CONTENT_FAULTS: Readonly<Partial<Record<ContentFault, Misbehaviour>>> = {
  'wrong-checksum': { breakMessage: 3 },
  'wrong-unit': { unit: 'onebox-no-unit' },
  'clock-off': { clockFastMs: 40 * 60_000 },
  'clock-unset': { clockNotSet: true },
  'never-measured': { absent: v1.AbsentReason.ABSENT_REASON_NOT_PERFORMED },
  'not-a-number': { absent: v1.AbsentReason.ABSENT_REASON_NOT_A_NUMBER },
  'newer-firmware': { version: { major: 1, minor: 99 }, unknownFields: true },
  'ends-early': { endAfter: 2 },
};
