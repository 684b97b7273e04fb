import { UsageError } from '../exit-codes.js';
import { recordsErase } from '../records/erase.js';
import { recordsList } from '../records/list.js';
import type { Command } from './command.js';

/** What can be done with the records of a tablet: `onebox records NAME ...`. */
const tools: readonly Command[] = [recordsList, recordsErase];

export const records: Command = {
  name: 'records',
  usage: `records ${tools.map(({ name }) => name).join('|')} ...`,
  summary: 'list and erase the sealed records; see onebox help records',
  options: [...new Set(tools.flatMap(({ options }) => options))],
  parts: tools,
  async run(args, output) {
    const [, name] = args.words;
    const tool = tools.find((candidate) => candidate.name === name);
    if (!tool) throw new UsageError(`records takes ${tools.map((one) => one.name).join(', ')}.`);
    args.allowOnly(tool.options);
    return tool.run(args, output);
  },
};
