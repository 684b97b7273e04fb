import type { OneBoxError } from '@onebox/protocol/errors.js';

/**
 * What happened while a driver ran, for the audit log. Names come from the manifest, never from the driver;
 * there are no values in it.
 */
export type HostEvent =
  /** Sent to the device, by the name of the manifest. Comes before the first byte goes. */
  | { readonly kind: 'request'; readonly name: string; readonly bytes: number; readonly endOfSession: boolean }
  /** The driver wanted something that its manifest does not allow, and is stopped. */
  | {
      readonly kind: 'refused';
      readonly what: 'request' | 'parameter' | 'read' | 'subscription' | 'call';
      readonly error: OneBoxError;
    }
  /** A finding was left out. */
  | { readonly kind: 'finding-refused'; readonly error: OneBoxError }
  | {
      readonly kind: 'budget';
      readonly what: 'bytes-in' | 'bytes-out' | 'findings' | 'time';
      readonly error: OneBoxError;
    }
  /** The driver was ended by force. */
  | { readonly kind: 'killed'; readonly error: OneBoxError };

export interface RunStatistics {
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly packetsIn: number;
  readonly packetsOut: number;
  /** Taken, and left out because they break the rules. */
  readonly findings: number;
  readonly findingsRefused: number;
  readonly milliseconds: number;
  /** Until the driver was loaded. */
  readonly startMilliseconds: number;
}
