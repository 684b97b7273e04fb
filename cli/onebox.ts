#!/usr/bin/env node
import { type Arguments, readArguments } from './arguments.js';
import { commands } from './commands/index.js';
import { EXIT, exitCode, UsageError } from './exit-codes.js';
import { Output } from './output.js';
import { applicationVersion } from './version.js';

/** Runs one command line; returns the exit code. Never rejects. */
async function main(line: readonly string[], output: Output): Promise<number> {
  try {
    const args = readArguments(line);
    if (args.flag('version')) {
      output.result({ version: applicationVersion() }, [applicationVersion()]);
      return EXIT.ok;
    }
    const [name, topic] = args.words;
    if (name === undefined || name === 'help') return help(args, output, topic);
    const command = commands.find((candidate) => candidate.name === name);
    if (!command) throw new UsageError(`onebox has no command "${name}".`);
    if (args.flag('help')) return help(args, output, name);
    args.allowOnly(command.options);
    return await command.run(args, output);
  } catch (error) {
    output.fail(error);
    return exitCode(error);
  }
}

/** All commands, or one. Nothing asked for at all is a mistake on the command line. */
function help(args: Arguments, output: Output, topic: string | undefined): number {
  const named = commands.filter(({ name }) => topic === undefined || name === topic);
  const shown = topic === undefined ? named : named.flatMap((command) => command.parts ?? [command]);
  if (shown.length === 0) throw new UsageError(`onebox has no command "${topic}".`);
  output.result(
    { commands: shown.map(({ name, usage, summary }) => ({ name, usage, summary })) },
    shown.flatMap(({ usage, summary }) => [`onebox ${usage}`, `    ${summary}`]),
  );
  return args.words.length === 0 && !args.flag('help') ? EXIT.usage : EXIT.ok;
}

const line = process.argv.slice(2);
const output = new Output(line.includes('--json'), line.includes('--quiet'));
// Whoever reads the output may leave first (`onebox devices | head`): that is no mistake of ours.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => process.exit(EXIT.failed));
const code = await main(line, output);
// Serial ports and radios keep handles open that have no end; the output is flushed first.
await Promise.all(
  [process.stdout, process.stderr].map((stream) => new Promise((resolve) => stream.write('', resolve))),
);
process.exit(code);
