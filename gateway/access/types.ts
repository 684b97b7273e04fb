import type { v1 } from '@onebox/protocol/audit-messages.js';
import type { Factor, PersonSummary, Reason } from '../api.js';

export type Stage = 'first-run' | 'locked' | 'unlocked';

export interface BreakGlassRequest {
  /** Stable key of the device, e.g. its address or serial number; only its pseudonym is kept. */
  readonly deviceKey: string;
  readonly deviceClass: string;
  readonly driver: { readonly id: string; readonly version: string; readonly sha256?: Uint8Array };
  readonly transport: 'ble' | 'serial' | 'file';
  readonly personId: string;
  readonly reason: Reason;
  readonly factor: Factor;
  /** A simulated device. */
  readonly practice: boolean;
  /** The person knows that the role is not one that reads devices, and does it for the emergency. */
  readonly override?: boolean;
}

/** An access as others see it. */
export interface Access {
  /** 16 random bytes in hex. */
  readonly accessId: string;
  /** For people, e.g. `A-2026-1187`. */
  readonly reference: string;
  readonly deviceKey: string;
  readonly deviceClass: string;
  readonly driver: BreakGlassRequest['driver'];
  readonly transport: BreakGlassRequest['transport'];
  readonly person: PersonSummary;
  readonly reason: Reason;
  readonly purpose: v1.PurposeOfUse;
  readonly practice: boolean;
  /** Against the rule of the person's role (HL7 BTG): all of it is reviewed. */
  readonly override: boolean;
  /** Milliseconds since 1970. */
  readonly openedAt: number;
  readonly endsAt: number;
  readonly state: 'open' | 'ended' | 'closed';
  /** Ended by a lock; its person can have the rest of its time. */
  readonly resumable: boolean;
  /** Its one extension was not given yet. */
  readonly extendable: boolean;
}
