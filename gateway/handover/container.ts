import { createHash } from 'node:crypto';
import { OneBoxError } from '@onebox/protocol/errors.js';
import * as z from 'zod';
import { decrypt, encrypt } from './age.js';
import { packTar, unpackTar } from './tar.js';

/**
 * A hand-over as one file (`.obx`): an uncompressed tar, encrypted by age for a passphrase of code words. Its first
 * file, `manifest.json`, lists the others with their hashes.
 */

export const FORMAT = 'onebox-handover';
const VERSION = 1;
const MANIFEST = 'manifest.json';
/** Of the content: a hospital opens it by hand. */
export const MOST_BYTES = 64 << 20;

/** What the manifest says of the hand-over besides its files: codes and numbers, no words of a device. */
export type Facts = Readonly<Record<string, string | number | boolean | readonly string[]>>;

export interface Opened {
  readonly facts: Facts;
  /** By name, the manifest included. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

const manifestShape = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])),
  files: z.array(
    z.strictObject({ name: z.string(), bytes: z.number().int().min(0), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  ),
});

/** Throws HANDOVER_TOO_LARGE. `workFactor` is of the tests, which cannot wait. */
export async function pack(
  files: ReadonlyMap<string, Uint8Array>,
  facts: Facts,
  passphrase: string,
  at: number,
  workFactor?: number,
): Promise<Uint8Array> {
  const list = [...files].map(([name, bytes]) => ({ name, bytes: bytes.length, sha256: sha256(bytes) }));
  const manifest = Buffer.from(
    `${JSON.stringify({ format: FORMAT, version: VERSION, facts, files: list }, null, 2)}\n`,
  );
  const archive = packTar(new Map([[MANIFEST, manifest], ...files]), at);
  if (archive.length > MOST_BYTES) throw new OneBoxError('HANDOVER_TOO_LARGE');
  return await encrypt(archive, passphrase, workFactor);
}

/** Every file with its hash checked. Throws HANDOVER_WORDS, HANDOVER_INVALID, HANDOVER_VERSION. */
export async function open(file: Uint8Array, passphrase: string): Promise<Opened> {
  if (file.length > 2 * MOST_BYTES) throw new OneBoxError('HANDOVER_INVALID', 'too large');
  const files = unpackTar(await decrypt(file, passphrase));
  const { facts, files: list } = manifestOf(files.get(MANIFEST));
  if (list.length + 1 !== files.size) throw new OneBoxError('HANDOVER_INVALID', 'list of files');
  for (const { name, bytes, sha256: hash } of list) {
    const found = files.get(name);
    if (name === MANIFEST || found === undefined || found.length !== bytes || sha256(found) !== hash)
      throw new OneBoxError('HANDOVER_INVALID', 'a file is not what was packed');
  }
  return { facts, files };
}

function manifestOf(bytes: Uint8Array | undefined) {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(bytes ?? []).toString('utf8'));
  } catch (cause) {
    throw new OneBoxError('HANDOVER_INVALID', 'manifest', {}, { cause });
  }
  const { format, version } = (json ?? {}) as { readonly format?: unknown; readonly version?: unknown };
  if (format === FORMAT && typeof version === 'number' && version > VERSION)
    throw new OneBoxError('HANDOVER_VERSION', String(version));
  const parsed = manifestShape.safeParse(json);
  if (!parsed.success) throw new OneBoxError('HANDOVER_INVALID', 'manifest');
  return parsed.data;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
