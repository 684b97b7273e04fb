import { OneBoxError } from '@onebox/protocol/errors.js';
import * as z from 'zod';

/**
 * Whom a tablet trusts: `drivers/trust.json` of its store. Keys are verifier keys of signed notes,
 * `name+hash+base64`. A vendor signs the drivers that its entry lists (`acme-thermometer`, `acme-*`, `*`).
 */
const versionText = z.string().regex(/^\d{1,4}\.\d{1,4}\.\d{1,4}(?:-[0-9a-z.]+)?$/);
export const trustFile = z.strictObject({
  format: z.literal('onebox-driver-trust'),
  version: z.literal(1),
  vendors: z
    .array(
      z.strictObject({
        key: z.string().max(300),
        drivers: z
          .array(z.string().regex(/^(?:\*|[a-z][a-z0-9-]*\*?)$/))
          .min(1)
          .max(1000),
      }),
    )
    .max(1000),
  reviewers: z.array(z.strictObject({ key: z.string().max(300) })).max(1000),
  /** Nothing older than this runs, by id of the driver; the built-in one included. */
  minimumVersions: z.record(z.string(), versionText).default({}),
});
export type TrustFile = z.output<typeof trustFile>;

/** What a trust file has in it. Throws TRUST_INVALID for anything but a whole one. */
export function checkTrustFile(value: unknown): TrustFile {
  const result = trustFile.safeParse(value);
  if (result.success) return result.data;
  throw new OneBoxError('TRUST_INVALID', result.error.issues[0]?.path.join('.') ?? '');
}
