import { newBackupWords } from '@onebox/gateway/backup/bundle.js';
import { assertNew, NewFile } from '@onebox/gateway/exports/new-file.js';
import { assertKey } from '../audit/verify.js';
import { EXIT, UsageError } from '../exit-codes.js';
import { readNamed, readTextFile } from '../named-file.js';
import { openStoreAs } from '../open-store.js';
import { PERSON_OPTIONS } from '../second-factor.js';
import type { Command } from './command.js';

/** Roles, trusted keys and driver packages as one sealed file. */
export const backup: Command = {
  name: 'backup',
  usage: 'backup --out FILE --person NAME [--passphrase-file FILE] [--pin-stdin] [--data DIR] [--json]',
  summary: 'write the configuration of this tablet to a sealed file; prints its 16 words once; for the device manager',
  options: [...PERSON_OPTIONS, 'out', 'passphrase-file'],
  async run(args, output) {
    if (args.words.length !== 1) throw new UsageError('backup takes no further words.');
    const out = args.text('out');
    if (out === undefined || out === '') throw new UsageError('backup needs --out FILE.');
    await assertNew(out);
    const own = passphraseIn(args.text('passphrase-file'));
    const words = own === undefined ? newBackupWords() : undefined;
    const made = await openStoreAs(args, output, (gateway, factor) => gateway.backup.make(own ?? words ?? '', factor));
    const file = await NewFile.begin(out);
    try {
      await file.write(made.file);
      await file.finish();
      await file.publish();
    } catch (error) {
      await file.discard();
      throw error;
    }
    const { people, drivers, keys } = made.summary;
    if (words !== undefined) output.say('Write the words down now, away from the file. They are not shown again.');
    output.result({ ...made.summary, out, key: made.key, ...(words === undefined ? {} : { words }) }, [
      `${people} people, ${drivers} driver packages, ${keys} trusted keys  ${out}`,
      ...(words === undefined ? [] : [`words: ${words}`]),
      `log key: ${made.key}`,
    ]);
    return EXIT.ok;
  },
};

/** Sets a tablet up as another one was, or as this one was. */
export const restore: Command = {
  name: 'restore',
  usage: 'restore FILE --passphrase-file FILE --person NAME [--key LOG-KEY] [--pin-stdin] [--data DIR] [--json]',
  summary: 'set this tablet up from a back-up; prints the starting PINs of new people once; for the device manager',
  options: [...PERSON_OPTIONS, 'key', 'passphrase-file'],
  async run(args, output) {
    const [, path, ...more] = args.words;
    if (path === undefined || more.length > 0) throw new UsageError('restore takes one FILE.');
    const passphrase = passphraseIn(args.text('passphrase-file'));
    if (passphrase === undefined)
      throw new UsageError('restore needs --passphrase-file FILE: the words, or the passphrase.');
    const key = args.text('key');
    if (key !== undefined) assertKey(key);
    const file = readNamed(path, 'INPUT_INVALID', 'the back-up');
    const done = await openStoreAs(args, output, (gateway, factor) =>
      gateway.backup.restore(file, passphrase, key === undefined ? [] : [key], factor),
    );
    const { people, drivers, keys, added, skipped } = done;
    if (added.length > 0) output.say('Hand out the starting PINs now. They are not shown again.');
    output.result(done, [
      `${people} people, ${drivers} driver packages, ${keys} trusted keys, of ${new Date(done.madeAt).toISOString()}`,
      ...added.map(({ displayName, role, pin }) => `new: ${displayName}  ${role}  PIN ${pin}`),
      ...skipped.map((id) => `not needed: ${id}`),
    ]);
    return EXIT.ok;
  },
};

function passphraseIn(path: string | undefined): string | undefined {
  return path === undefined ? undefined : readTextFile(path, 'INPUT_INVALID', '--passphrase-file');
}
