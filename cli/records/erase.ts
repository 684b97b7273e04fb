import type { Command } from '../commands/command.js';
import { EXIT, UsageError } from '../exit-codes.js';
import { openStoreAs } from '../open-store.js';
import { PERSON_OPTIONS } from '../second-factor.js';

/** Destroys the keys of records, then their files. */
export const recordsErase: Command = {
  name: 'erase',
  usage: 'records erase A-YEAR-NUMBER|--all --person NAME [--pin-stdin] [--data DIR] [--json]',
  summary: 'erase the records of one access, or all, for good; for privacy officer and device manager',
  options: [...PERSON_OPTIONS, 'all'],
  async run(args, output) {
    const [, , access, ...more] = args.words;
    const all = args.flag('all');
    if (more.length > 0 || all === (access !== undefined))
      throw new UsageError('records erase takes the reference of one access (A-2026-17), or --all.');
    const done = await openStoreAs(args, output, (gateway, factor) =>
      gateway.records.erase(access === undefined ? { all: true } : { access }, factor),
    );
    output.result(done, [
      `${done.records} ${done.records === 1 ? 'record' : 'records'} erased`,
      ...done.entries.map((entry) => `proof: onebox audit receipt ${entry} --out FILE`),
    ]);
    return EXIT.ok;
  },
};
