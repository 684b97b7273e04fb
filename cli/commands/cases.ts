import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type CaseModule, describeCaseResults, runCases } from '@onebox/driver-sdk/cases.js';
import { EXIT, UsageError } from '../exit-codes.js';
import type { Command } from './command.js';

/** Runs case files of protocols against the drivers' parsers; the documented closing lines are the result. */
export const cases: Command = {
  name: 'cases',
  usage: 'cases FOLDER [--json]',
  summary: 'run the case files of a folder against the drivers',
  options: [],
  async run(args, output) {
    const [, folder, ...rest] = args.words;
    if (folder === undefined || rest.length > 0) throw new UsageError('cases takes one folder.');
    const results = await runCases(folder, await caseModules());
    output.result({ results }, describeCaseResults(results).trimEnd().split('\n'));
    return results.every(({ failed }) => failed === 0) ? EXIT.ok : EXIT.failed;
  },
};

/** The case modules of all drivers that have one: `drivers/ID/cases.js`. */
async function caseModules(): Promise<CaseModule[]> {
  const folder = join(dirname(createRequire(import.meta.url).resolve('@onebox/drivers/package.json')), 'dist');
  const modules: CaseModule[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory() || !readdirSync(join(folder, entry.name)).includes('cases.js')) continue;
    const module = (await import(pathToFileURL(join(folder, entry.name, 'cases.js')).href)) as {
      readonly default: CaseModule;
    };
    modules.push(module.default);
  }
  return modules;
}
