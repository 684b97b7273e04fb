import { openEngine } from '../engine.js';
import { EXIT, UsageError } from '../exit-codes.js';
import { pinOf, roleOf } from '../person.js';
import type { Command } from './command.js';

/** The first person of a store. Nobody exists before, and there is no default PIN. */
export const enrol: Command = {
  name: 'enrol',
  usage: 'enrol --name NAME [--role ROLE] [--pin-stdin] [--data DIR]',
  summary: 'enrol a person on this tablet; prints the recovery words once',
  options: ['name', 'role', 'pin', 'pin-file', 'pin-stdin'],
  async run(args, output) {
    const displayName = args.text('name');
    if (displayName === undefined) throw new UsageError('enrol needs --name NAME.');
    const role = roleOf(args);
    const pin = await pinOf(args, output, 'New PIN, 6 digits: ');
    const engine = await openEngine(args, {}, true);
    try {
      const { person, recoveryWords } = await engine.gateway.call('enrol', { displayName, role, pin });
      output.say('Write the recovery words down now. They are not shown again.');
      output.result({ person, recoveryWords }, [
        `${person.displayName}  ${person.role}  ${person.id}`,
        `recovery words: ${recoveryWords.join(' ')}`,
      ]);
      return EXIT.ok;
    } finally {
      await engine.close();
    }
  },
};
