import { NO_RADIOS, openEngine } from '../engine.js';
import { EXIT, UsageError } from '../exit-codes.js';
import { findPerson, readText } from '../known.js';
import { pinOf } from '../person.js';
import { wordsOf } from '../second-factor.js';
import { ask } from '../terminal.js';
import type { Command } from './command.js';

/** A new PIN for a person who has forgotten it, by the words of the tablet. */
export const recover: Command = {
  name: 'recover',
  usage: 'recover --person NAME --words-file FILE [--pin-stdin] [--data DIR] [--json]',
  summary: 'give a person a new PIN by the recovery words of this tablet',
  options: ['person', 'words-file', 'pin', 'pin-file', 'pin-stdin'],
  async run(args, output) {
    const file = args.text('words-file');
    if (file === undefined && !process.stdin.isTTY) throw new UsageError('recover needs --words-file FILE.');
    const engine = await openEngine(args, {}, true, NO_RADIOS);
    try {
      const { people } = await engine.gateway.call('status');
      const person = findPerson(people, args.text('person'), '--person');
      const text = file === undefined ? await ask(output, 'Recovery words: ') : readText(file, 'words-file');
      const pin = await pinOf(args, output, `New PIN of ${person.displayName}, 6 digits: `);
      await engine.gateway.call('recover', { personId: person.id, words: wordsOf(text).words, pin });
      output.result({ person }, [`${person.displayName} has a new PIN.`]);
      return EXIT.ok;
    } finally {
      await engine.close();
    }
  },
};
