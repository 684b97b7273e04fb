import * as z from 'zod';

/** Stands in the data folder from before the tablet is decommissioned until nothing is left to be destroyed. */
const markerFile = z.strictObject({
  format: z.literal('onebox-decommissioning'),
  version: z.literal(1),
  /** Prepared: it counts only when the log says so. Committed: the receipt is written, and all goes. */
  stage: z.enum(['prepared', 'committed']),
  /** Id of the log, in hex. */
  log: z.string().regex(/^[0-9a-f]{16}$/),
  /** C2SP verifier key of the log. */
  key: z.string().max(300),
  /** Records that the log had before it. */
  entries: z.int().min(0),
});
export type Marker = z.output<typeof markerFile>;

/** Undefined for anything but a whole marker. */
export function checkMarker(value: unknown): Marker | undefined {
  return markerFile.safeParse(value).data;
}
