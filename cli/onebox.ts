#!/usr/bin/env node
import { readArguments } from './arguments.js';
import { commands } from './commands/index.js';
import { EXIT, exitCode, UsageError } from './exit-codes.js';
import { Output } from './output.js';
import { applicationVersion } from './version.js';

/** Runs one command line; returns the exit code. Never throws. */
async function main(args: readonly string[]): Promise<number> {
  const name = args.find((word) => !word.startsWith('-'));
  const output = new Output(args.includes('--json'), args.includes('--quiet'));
  try {
    if (args.includes('--version')) {
      output.result({ version: applicationVersion() }, [applicationVersion()]);
      return EXIT.ok;
    }
    const command = commands.find((candidate) => candidate.name === name);
    if (name === undefined || name === 'help' || !command || args.includes('--help') || args.includes('-h')) {
      if (name !== undefined && name !== 'help' && !command) throw new UsageError(`onebox has no command "${name}".`);
      const shown = command ? [command] : commands;
      output.result(
        { commands: shown.map(({ name: word, usage, summary }) => ({ name: word, usage, summary })) },
        shown.flatMap(({ usage, summary }) => [`onebox ${usage}`, `    ${summary}`]),
      );
      return name === undefined && !args.includes('--help') && !args.includes('-h') ? EXIT.usage : EXIT.ok;
    }
    return await command.run(readArguments(args, command.options), output);
  } catch (error) {
    output.fail(error);
    return exitCode(error);
  }
}

// Serial ports and radios keep handles open that have no end; the output is flushed first.
const code = await main(process.argv.slice(2));
await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((resolve) => stream.write('', resolve))));
process.exit(code);
