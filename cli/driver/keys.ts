import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ed25519FromSeed } from '@onebox/gateway/audit/crypto.js';
import { encodeSkey, encodeVkey, parseVkey } from '@onebox/gateway/audit/note.js';
import { Trust } from '@onebox/gateway/driver-packages/trust.js';
import { checkTrustFile, type TrustFile } from '@onebox/gateway/driver-packages/trust-file.js';
import { defaultDataFolder } from '@onebox/gateway/files/data-folder.js';
import { Disk } from '@onebox/gateway/files/disk.js';
import { isOneBoxError, OneBoxError } from '@onebox/protocol/errors.js';
import type { Arguments } from '../arguments.js';
import type { Command } from '../commands/command.js';
import { EXIT, UsageError } from '../exit-codes.js';
import type { Output } from '../output.js';
import { changeDrivers, MANAGER_OPTIONS } from './tablet.js';

/** Keys that sign packages, and the list of those that a tablet trusts. */
export const driverKeys: Command = {
  name: 'keys',
  usage:
    'driver keys new NAME --out FILE | driver keys trust vendor|reviewer KEY [--driver ID|PREFIX*] [--person NAME --pin-stdin] | driver keys list  [--data DIR] [--json]',
  summary: 'make a signing key, trust a verifier key on this tablet, list the trusted ones',
  options: ['out', 'driver', ...MANAGER_OPTIONS],
  async run(args, output) {
    const [, , what, ...words] = args.words;
    if (what === 'new' && words.length === 1) return make(words[0] ?? '', args, output);
    if (what === 'trust' && words.length === 2) return trust(words[0] ?? '', words[1] ?? '', args, output);
    if (what === 'list' && words.length === 0) return list(await Trust.load(new Disk(), folderOf(args)), output);
    throw new UsageError('driver keys takes new NAME, trust vendor|reviewer KEY, or list.');
  },
};

/** The signing key goes to a new file that only its owner can read; the verifier key is the result. */
function make(name: string, args: Arguments, output: Output): number {
  const out = args.text('out');
  if (out === undefined) throw new UsageError('driver keys new needs --out FILE.');
  const seed = randomBytes(32);
  let signing: string;
  try {
    signing = encodeSkey(name, seed);
  } catch (cause) {
    throw new OneBoxError('INPUT_INVALID', 'a key name has no blanks and no +, e.g. acme.example', {}, { cause });
  }
  try {
    writeFileSync(out, `${signing}\n`, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    throw new OneBoxError('INPUT_INVALID', '--out: this file exists or cannot be written', {}, { cause });
  }
  const key = encodeVkey(name, ed25519FromSeed(seed).publicKey);
  output.say(`The signing key is in ${out}. Keep it off line; give away only the line below.`);
  output.result({ name, key, file: out }, [key]);
  return EXIT.ok;
}

/** The change stands in the audit log. Throws TRUST_INVALID, and as `changeDrivers`. */
async function trust(role: string, key: string, args: Arguments, output: Output): Promise<number> {
  const drivers = args.text('driver');
  if (role !== 'vendor' && role !== 'reviewer') throw new UsageError('driver keys trust takes vendor or reviewer.');
  if ((role === 'vendor') !== (drivers !== undefined))
    throw new UsageError('A vendor is trusted with --driver ID or --driver PREFIX*, a reviewer without.');
  assertKey(key);
  const { file } = await Trust.load(new Disk(), folderOf(args));
  const next = newTrust(role === 'vendor' ? withVendor(file, key, drivers ?? '') : withReviewer(file, key));
  await changeDrivers(args, output, (packages) => packages.changeTrust(next));
  return list(next, output);
}

/** INPUT_INVALID for a list that cannot be: it is the new key that is wrong, not the file. */
function newTrust(file: TrustFile): Trust {
  try {
    return Trust.of(checkTrustFile(file));
  } catch (error) {
    if (!isOneBoxError(error, 'TRUST_INVALID')) throw error;
    throw new OneBoxError('INPUT_INVALID', error.detail);
  }
}

function assertKey(key: string): void {
  try {
    parseVkey(key);
  } catch (error) {
    if (!isOneBoxError(error)) throw error;
    throw new OneBoxError('INPUT_INVALID', 'not a verifier key: onebox driver keys new prints one');
  }
}

function withVendor(file: TrustFile, key: string, driver: string): TrustFile {
  const others = file.vendors.filter((one) => one.key !== key);
  const known = file.vendors.find((one) => one.key === key)?.drivers ?? [];
  return { ...file, vendors: [...others, { key, drivers: [...new Set([...known, driver])] }] };
}

function withReviewer(file: TrustFile, key: string): TrustFile {
  return { ...file, reviewers: [...file.reviewers.filter((one) => one.key !== key), { key }] };
}

function list({ file }: Trust, output: Output): number {
  const { vendors, reviewers, minimumVersions } = file;
  output.result({ vendors, reviewers, minimumVersions }, [
    ...vendors.map(({ key, drivers }) => `vendor    ${key}  ${drivers.join(' ')}`),
    ...reviewers.map(({ key }) => `reviewer  ${key}`),
    ...Object.entries(minimumVersions).map(([id, version]) => `minimum   ${id} ${version}`),
    ...(vendors.length + reviewers.length === 0 ? ['Nobody is trusted: no driver package runs on this tablet.'] : []),
  ]);
  return EXIT.ok;
}

function folderOf(args: Arguments): string {
  return join(args.text('data') ?? defaultDataFolder(args.flag('practice')), 'drivers');
}
