import { UsageError } from '../exit-codes.js';
import { keysStatus } from '../keys/status.js';
import { keysUnseal } from '../keys/unseal.js';
import type { Command } from './command.js';

/** What holds the keys of a tablet: `onebox keys NAME ...`. */
const tools: readonly Command[] = [keysStatus, keysUnseal];

export const keys: Command = {
  name: 'keys',
  usage: `keys ${tools.map(({ name }) => name).join('|')} ...`,
  summary: "the seal of the system's secret store on the keys; see onebox help keys",
  options: [...new Set(tools.flatMap(({ options }) => options))],
  parts: tools,
  async run(args, output) {
    const [, name] = args.words;
    const tool = tools.find((candidate) => candidate.name === name);
    if (!tool) throw new UsageError(`keys takes ${tools.map((one) => one.name).join(', ')}.`);
    args.allowOnly(tool.options);
    return tool.run(args, output);
  },
};
