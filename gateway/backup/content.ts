import { isOneBoxError, OneBoxError } from '@onebox/protocol/errors.js';
import * as z from 'zod';
import { IDLE_MINUTES } from '../access/idle-time.js';
import { sha256 } from '../audit/crypto.js';
import { type NoteSigner, openNote, parseVkey, signNote } from '../audit/note.js';
import { Trust } from '../driver-packages/trust.js';
import { trustFile } from '../driver-packages/trust-file.js';

/**
 * What a tablet is set up with: who works with it and in which role, when it locks, whose drivers it trusts, and the
 * packages that run. No patient, no access, no log, and no key or factor of anybody: each tablet has its own.
 */
const configurationFile = z.strictObject({
  format: z.literal('onebox-configuration'),
  version: z.literal(1),
  /** Id of the log of the tablet that it is of, in hex, and the records that it had then. */
  log: z.string().regex(/^[0-9a-f]{16}$/),
  sequence: z.int().min(0),
  /** Milliseconds since 1970, by the clock of that tablet. */
  madeAt: z.int().min(0),
  people: z
    .array(
      z.strictObject({
        displayName: z.string().min(1).max(80),
        role: z.enum(['responder', 'clinician', 'privacy-officer', 'device-manager', 'service']),
      }),
    )
    .max(10_000),
  /** After how many minutes without use it locks. */
  idleMinutes: z.int().min(IDLE_MINUTES.shortest).max(IDLE_MINUTES.longest),
  trust: trustFile,
  drivers: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[a-z][a-z0-9-]*$/),
        version: z.string().max(32),
        /** Of the package's file, in hex. */
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
        /** The file, in Base64. */
        content: z.base64(),
      }),
    )
    .max(1000),
});
export type Configuration = z.output<typeof configurationFile>;

const signed = z.strictObject({ note: z.string(), configuration: z.string() });

/** Its first line keeps it apart from the checkpoints that the same key signs. */
const noteText = (configuration: string): string =>
  `onebox-configuration/1\nsha256 ${Buffer.from(sha256(Buffer.from(configuration))).toString('base64')}\n`;

/** The content of a back-up: the configuration as one text, with a note that the key of the log has signed. */
export function encodeConfiguration(configuration: Configuration, signer: NoteSigner): Uint8Array {
  const text = JSON.stringify(configuration);
  return Buffer.from(JSON.stringify({ note: signNote(noteText(text), [signer]), configuration: text }));
}

/**
 * Throws BACKUP_UNTRUSTED unless one of the keys has signed it, BACKUP_VERSION for a later configuration,
 * BACKUP_INVALID for anything else that is not whole.
 */
export function decodeConfiguration(content: Uint8Array, keys: readonly string[]): Configuration {
  const outer = signed.safeParse(parsed(Buffer.from(content).toString('utf8')));
  if (!outer.success) throw new OneBoxError('BACKUP_INVALID', 'content');
  const { note, configuration: text } = outer.data;
  try {
    const opened = openNote(note, keys.map(parseVkey));
    if (opened.text !== noteText(text)) throw new OneBoxError('BACKUP_INVALID', 'signature');
  } catch (error) {
    if (isOneBoxError(error, 'NOTE_INVALID')) throw new OneBoxError('BACKUP_UNTRUSTED', error.detail);
    throw error;
  }
  const value = parsed(text);
  const version = (value as { version?: unknown } | undefined)?.version;
  if (typeof version === 'number' && version !== 1) throw new OneBoxError('BACKUP_VERSION', String(version));
  const result = configurationFile.safeParse(value);
  if (!result.success) throw new OneBoxError('BACKUP_INVALID', result.error.issues[0]?.path.join('.') ?? '');
  // A list in which somebody is vendor and reviewer is none.
  Trust.of(result.data.trust);
  return result.data;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** What two tablets that are set up in the same way have in common, in one order. */
export function canonicalListing({
  people,
  idleMinutes,
  trust,
  drivers,
}: Pick<Configuration, 'people' | 'idleMinutes' | 'trust' | 'drivers'>): string {
  const sorted = (lines: readonly string[]): string[] => lines.toSorted();
  return [
    ...sorted(people.map(({ displayName, role }) => `person ${role} ${displayName}`)),
    `idle ${idleMinutes}`,
    ...sorted(trust.vendors.map(({ key, drivers: ids }) => `vendor ${key} ${sorted(ids).join(' ')}`)),
    ...sorted(trust.reviewers.map(({ key }) => `reviewer ${key}`)),
    ...sorted(Object.entries(trust.minimumVersions).map(([id, version]) => `minimum ${id} ${version}`)),
    ...sorted(drivers.map(({ id, version, sha256: hash }) => `driver ${id} ${version} ${hash}`)),
  ].join('\n');
}
