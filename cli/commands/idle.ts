import { EXIT, UsageError } from '../exit-codes.js';
import { openStoreAs } from '../open-store.js';
import { PERSON_OPTIONS } from '../second-factor.js';
import type { Command } from './command.js';

/** When the tablet locks by itself. */
export const idle: Command = {
  name: 'idle',
  usage: 'idle [MINUTES] --person NAME [--pin-stdin] [--data DIR] [--json]',
  summary: 'say, or as device manager set, after how many minutes without use this tablet locks (1 to 30)',
  options: PERSON_OPTIONS,
  async run(args, output) {
    const [, given, ...more] = args.words;
    if (more.length > 0 || (given !== undefined && !/^\d{1,3}$/.test(given)))
      throw new UsageError('idle takes one whole number of minutes, or nothing.');
    const { idle: now } = await openStoreAs(args, output, (gateway, factor) =>
      given === undefined ? gateway.call('status') : gateway.call('setIdle', { minutes: Number(given), factor }),
    );
    output.result(now, [`locks after ${now.minutes} min without use (${now.shortest} to ${now.longest})`]);
    return EXIT.ok;
  },
};
