import type { KeptRecord } from '@onebox/gateway/records/keeping.js';
import type { Command } from '../commands/command.js';
import { EXIT, UsageError } from '../exit-codes.js';
import { openStoreAs } from '../open-store.js';
import { PERSON_OPTIONS } from '../second-factor.js';

const time = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
const line = ({ reference, accessId, startedAt, dueAt, bytes }: KeptRecord): string =>
  `${reference ?? accessId}  begun ${time(startedAt)}  gone by ${time(dueAt)}  ${bytes} bytes`;

/** That they are there, never what is in them. */
export const recordsList: Command = {
  name: 'list',
  usage: 'records list --person NAME [--pin-stdin] [--data DIR] [--json]',
  summary: 'list the sealed records on this tablet, without their content; for privacy officer and device manager',
  options: PERSON_OPTIONS,
  async run(args, output) {
    if (args.words.length !== 2) throw new UsageError('records list takes no further words.');
    const records = await openStoreAs(args, output, (gateway) => gateway.records.list());
    output.result({ records }, records.length === 0 ? ['no records'] : records.map(line));
    return EXIT.ok;
  },
};
