import { keyStoreOf } from '@onebox/gateway/access/key-store/mark.js';
import { defaultDataFolder } from '@onebox/gateway/files/data-folder.js';
import { Disk } from '@onebox/gateway/files/disk.js';
import { storeFolders } from '@onebox/gateway/store.js';
import type { Command } from '../commands/command.js';
import { EXIT, UsageError } from '../exit-codes.js';

/** Says what opens the keys, without opening them. */
export const keysStatus: Command = {
  name: 'status',
  usage: 'keys status [--data DIR] [--json]',
  summary: 'say whether the keys are sealed by the secret store of the system',
  options: [],
  async run(args, output) {
    if (args.words.length !== 2) throw new UsageError('keys status takes no further words.');
    const folder = args.text('data') ?? defaultDataFolder(args.flag('practice'));
    const sealedBy = await keyStoreOf(new Disk(), storeFolders(folder).vault);
    output.result({ sealed: sealedBy !== undefined, ...(sealedBy === undefined ? {} : { sealedBy }) }, [
      sealedBy === undefined
        ? 'The people of this tablet open its keys; no secret store of the system seals them.'
        : `The keys are sealed by the secret store of the system: ${sealedBy}.`,
    ]);
    return EXIT.ok;
  },
};
