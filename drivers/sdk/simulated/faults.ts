import type { BleSimulator, SerialSimulator } from '../simulator.js';

/**
 * The one vocabulary of what goes wrong. Faults of the link are put on any simulator from outside
 * (`link-faults.ts`); faults of the content only the simulator itself can have, as it knows its protocol.
 */

export const LINK_FAULTS = [
  /** Takes requests and says nothing. */
  'silent',
  /** Answers after `ms`. */
  'slow',
  /** The last byte of every packet is missing. */
  'truncated',
  /** Every packet comes twice. */
  'duplicated',
  /** Two packets that follow each other change places. */
  'reordered',
  /** Hangs up once it has sent `bytes` bytes. */
  'disconnect-at',
  /** Asks for pairing and refuses it. */
  'refuses-pairing',
  /** Refuses every read (ATT error 0x02); a line says nothing to requests. */
  'refuses-read',
  /** Another device of the same kind stands beside it. */
  'two-alike',
  /** Its name holds control characters, markup, direction marks and broken UTF-8. */
  'hostile-name',
] as const;

export const CONTENT_FAULTS = [
  /** Check sums, CRCs and MACs do not fit. */
  'wrong-checksum',
  /** The unit flag is not the one that the value is in, or one that does not exist. */
  'wrong-unit',
  /** The device clock is 40 minutes fast. */
  'clock-off',
  /** The device clock was never set. */
  'clock-unset',
  /** A value that was never measured. */
  'never-measured',
  /** NaN, NRes, infinities, reserved values. */
  'not-a-number',
  /** The firmware or protocol is newer than the driver, with fields that it does not know. */
  'newer-firmware',
  /** The battery is almost empty. */
  'battery-low',
  /** Ends in the middle of what it announced. */
  'ends-early',
] as const;

export type LinkFault = (typeof LINK_FAULTS)[number];
export type ContentFault = (typeof CONTENT_FAULTS)[number];
export type FaultName = LinkFault | ContentFault;
export const FAULTS: readonly FaultName[] = [...LINK_FAULTS, ...CONTENT_FAULTS];

/** What every simulator takes; most take more. */
export interface SimulationOptions {
  /** Same seed, same values. */
  readonly seed?: number;
  /** Misbehaves so. A protocol that has no such thing behaves well; see `SimulatedDriver.without`. */
  readonly fault?: ContentFault;
}

/** A device that can be simulated, by transport. */
export type SimulatorMaker =
  | { readonly transport: 'ble'; readonly make: (options: SimulationOptions) => BleSimulator }
  | { readonly transport: 'serial'; readonly make: (options: SimulationOptions) => SerialSimulator };

/** The default export of a driver's `simulator.ts`: what the faults are tried on, and what practice mode shows. */
export interface SimulatedDriver {
  /** By the key of practice mode: `onebox read --practice --device KEY`. */
  readonly devices: Readonly<Record<string, SimulatorMaker>>;
  /** Content faults that the protocol cannot have, and why in a few words: `"wrong-checksum": "GATT values carry none"`. */
  readonly without: Readonly<Partial<Record<ContentFault, string>>>;
}
