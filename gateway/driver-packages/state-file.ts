import * as z from 'zod';

/** Which packages of a tablet run: `drivers/state.json` of its store. */
const slot = z.strictObject({
  version: z.string().regex(/^[0-9a-z.-]{5,32}$/),
  /** Of the package's file, in hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Version of the application that ran its self-test last. */
  testedWith: z.string().max(64),
});
const entry = z.strictObject({
  active: slot.optional(),
  /** Runs when `active` fails. */
  previous: slot.optional(),
  /** Of `active`, one after the other: not loaded, self-test, stopped by the host. */
  failures: z.int().min(0),
  /** Nothing older may run: the highest `minimumVersion` of the manifests that were activated. */
  floor: z.string().max(32).optional(),
});
const stateFile = z.strictObject({
  format: z.literal('onebox-driver-packages'),
  version: z.literal(1),
  /** Hash of the trust file that was there last, in hex. */
  trust: z.string().optional(),
  drivers: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), entry),
});

export type Slot = z.output<typeof slot>;
export type DriverEntry = z.output<typeof entry>;
export type PackagesState = z.output<typeof stateFile>;

/** Undefined for anything but a whole state file. */
export function checkStateFile(value: unknown): PackagesState | undefined {
  return stateFile.safeParse(value).data;
}
