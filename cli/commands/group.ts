import { UsageError } from '../exit-codes.js';
import type { Command } from './command.js';

/** A word with words of its own behind it: `onebox NAME PART ...`. A part takes its own options and no others. */
export function commandGroup(name: string, summary: string, parts: readonly Command[]): Command {
  const names = parts.map((part) => part.name);
  return {
    name,
    usage: `${name} ${names.join('|')} ...`,
    summary: `${summary}; see onebox help ${name}`,
    options: [...new Set(parts.flatMap(({ options }) => options))],
    parts,
    async run(args, output) {
      const [, word] = args.words;
      const part = parts.find((candidate) => candidate.name === word);
      if (!part) throw new UsageError(`${name} takes ${names.join(', ')}.`);
      args.allowOnly(part.options);
      return part.run(args, output);
    },
  };
}
