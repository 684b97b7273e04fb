import { parseVkey } from '@onebox/gateway/audit/note.js';
import { defaultDataFolder } from '@onebox/gateway/files/data-folder.js';
import { verifyStore } from '@onebox/gateway/store.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Command } from '../commands/command.js';
import { EXIT, UsageError } from '../exit-codes.js';
import { readTextFile } from '../named-file.js';

/** Checks the log without opening the store: also of a copy, and while the app is running. */
export const auditVerify: Command = {
  name: 'verify',
  usage: 'audit verify [--data DIR] [--checkpoint FILE ...] [--key KEY] [--json]',
  summary: 'check the audit log for changes, cuts and forks',
  options: ['checkpoint', 'key'],
  async run(args, output) {
    if (args.words.length !== 2) throw new UsageError('audit verify takes no further words.');
    const folder = args.text('data') ?? defaultDataFolder(args.flag('practice'));
    const checkpoints = args.texts('checkpoint').map((file) => readTextFile(file, 'INPUT_INVALID', '--checkpoint'));
    const key = args.text('key');
    if (key !== undefined) assertKey(key);
    const result = await verifyStore(folder, { checkpoints, ...(key === undefined ? {} : { publicKey: key }) });
    output.result(result, [
      `${result.intact ? 'intact' : 'NOT INTACT'}  ${result.entries} entries, ${result.checkpoints} checkpoints, ${result.signed} signed`,
      ...result.problems.map(
        ({ error, kind, index, file, offset }) =>
          `${new OneBoxError(error).toJSON().code}  ${kind}${index === undefined ? '' : `  entry ${index}`}${file === undefined ? '' : `  ${file}`}${offset === undefined ? '' : ` byte ${offset}`}`,
      ),
    ]);
    return result.intact ? EXIT.ok : EXIT.integrity;
  },
};

/** INPUT_INVALID unless it is a verifier key. */
export function assertKey(key: string): void {
  try {
    parseVkey(key);
  } catch (cause) {
    throw new OneBoxError('INPUT_INVALID', '--key is not a verifier key', {}, { cause });
  }
}
