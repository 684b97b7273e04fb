import { assertNew, NewFolder } from '@onebox/gateway/exports/new-file.js';
import { passphraseOf, readCodeWords } from '@onebox/gateway/handover/code-words.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Command } from '../commands/command.js';
import { EXIT, UsageError } from '../exit-codes.js';
import { readNamed, readTextFile } from '../named-file.js';

/** What a hospital does with a hand-over, without a store and without a person. `age` and `tar` do it too. */
export const handOverOpen: Command = {
  name: 'open',
  usage: 'handover open FILE --words-file FILE --out DIR [--json]',
  summary: 'decrypt a hand-over with its words, check every file and write them to a new folder',
  options: ['words-file', 'out'],
  async run(args, output) {
    const [, , path, ...more] = args.words;
    if (path === undefined || more.length > 0) throw new UsageError('handover open takes one FILE.');
    const wordsFile = args.text('words-file');
    if (wordsFile === undefined) throw new UsageError('handover open needs --words-file FILE: its eight words.');
    const out = args.text('out');
    if (out === undefined || out === '') throw new UsageError('handover open needs --out DIR.');
    await assertNew(out);
    const words = readCodeWords(readTextFile(wordsFile, 'INPUT_INVALID', '--words-file'));
    if (words === undefined) throw new OneBoxError('HANDOVER_WORDS', 'eight words of the list of OneBox');
    const file = readNamed(path, 'INPUT_INVALID', 'the hand-over');
    const { open } = await import('@onebox/gateway/handover/container.js');
    const { facts, files } = await open(file, passphraseOf(words));
    const folder = await NewFolder.begin(out);
    try {
      for (const [name, bytes] of files) await folder.write(name, bytes);
      await folder.finish();
      await folder.publish();
    } catch (error) {
      await folder.discard();
      throw error;
    }
    output.say('These files are not encrypted.');
    output.result({ out, facts, files: [...files.keys()] }, [
      `${facts.practice === true ? 'PRACTICE  ' : ''}${facts.reference}  ${out}`,
      ...[...files].map(([name, bytes]) => `${name}  ${bytes.length} bytes`),
    ]);
    return EXIT.ok;
  },
};
