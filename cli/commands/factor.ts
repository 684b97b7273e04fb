import { NO_RADIOS, openEngine } from '../engine.js';
import { EXIT, UsageError } from '../exit-codes.js';
import { addBadge, addCard, addCode, addPassphrase } from '../factors.js';
import { unlock } from '../person.js';
import { PERSON_OPTIONS, PERSON_USAGE } from '../second-factor.js';
import type { Command } from './command.js';

const KINDS = ['one-time-code', 'passphrase', 'smart-card', 'badge', 'dispatcher-codes'] as const;

/** More factors: a person's own, and the list of codes that a dispatcher reads out. */
export const factor: Command = {
  name: 'factor',
  usage: `factor ${KINDS.join('|')} ${PERSON_USAGE} [--data DIR] [--json]`,
  summary: 'enrol one more factor of a person; print a new list of dispatcher’s codes',
  options: PERSON_OPTIONS,
  async run(args, output) {
    const [, word] = args.words;
    const kind = KINDS.find((one) => one === word);
    if (kind === undefined || args.words.length > 2) throw new UsageError(`factor takes one of ${KINDS.join(', ')}.`);
    const engine = await openEngine(args, {}, true, NO_RADIOS);
    try {
      const { gateway } = engine;
      const fresh = await unlock(gateway, args, output);
      if (kind === 'dispatcher-codes') {
        const { codes } = await gateway.call('dispatcherCodes', { factor: fresh });
        output.say('Print the list now for the dispatcher. Each code counts once; the list before is void.');
        output.result(
          { codes },
          codes.map((code) => `${code.slice(0, 4)} ${code.slice(4)}`),
        );
        return EXIT.ok;
      }
      const ways = { passphrase: addPassphrase, 'one-time-code': addCode, 'smart-card': addCard, badge: addBadge };
      const add = ways[kind];
      await add(gateway, output, fresh, args);
      const { person, factors } = await gateway.call('status');
      const kinds = factors.find(({ personId }) => personId === person?.id)?.kinds ?? [];
      output.result({ person, kinds }, [`${person?.displayName}  ${kinds.join(', ')}`]);
      return EXIT.ok;
    } finally {
      await engine.close();
    }
  },
};
