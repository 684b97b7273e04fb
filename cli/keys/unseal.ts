import { unsealWithWords } from '@onebox/gateway/access/key-store/unseal.js';
import { defaultDataFolder } from '@onebox/gateway/files/data-folder.js';
import { Disk } from '@onebox/gateway/files/disk.js';
import { openStore, storeFolders } from '@onebox/gateway/store.js';
import type { Command } from '../commands/command.js';
import { EXIT, UsageError } from '../exit-codes.js';
import { readText } from '../known.js';
import { wordsOf } from '../second-factor.js';
import { ask } from '../terminal.js';

/** For a store whose system lost its key ring, or that moves to another machine: whoever has the words owns the tablet. */
export const keysUnseal: Command = {
  name: 'unseal',
  usage: 'keys unseal [--words-file FILE] [--data DIR] [--json]',
  summary: "undo the seal of the system's secret store by the recovery words; PINs open the keys then",
  options: ['words-file'],
  async run(args, output) {
    if (args.words.length !== 2) throw new UsageError('keys unseal takes no further words: they are asked for.');
    const folder = args.text('data') ?? defaultDataFolder(args.flag('practice'));
    const file = args.text('words-file');
    if (file === undefined && !process.stdin.isTTY) throw new UsageError('keys unseal needs --words-file FILE.');
    const text = file === undefined ? await ask(output, 'Recovery words: ') : readText(file, 'words-file');
    const files = new Disk();
    const unlock = await files.lock(folder);
    try {
      await unsealWithWords(files, storeFolders(folder).vault, wordsOf(text).words);
    } finally {
      await unlock();
    }
    const store = await openStore(folder, files);
    try {
      await store.audit.append('keysUnsealed', { factors: ['recovery-words'] });
    } finally {
      await store.close();
    }
    output.result({ sealed: false }, [
      'The people of this tablet open its keys, without the secret store of the system.',
    ]);
    return EXIT.ok;
  },
};
