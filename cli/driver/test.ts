import { type CaseModule, describeCaseResults, runCases } from '@onebox/driver-sdk/cases.js';
import { FAULTS } from '@onebox/driver-sdk/simulated/faults.js';
import type { Command } from '../commands/command.js';
import { EXIT, UsageError } from '../exit-codes.js';
import type { Output } from '../output.js';
import { type Project, projectOf, validManifest } from './project.js';
import { conclude, fail, type Line, ok } from './report.js';
import { tryContract } from './trials/contract.js';
import { faultsNamed, tryFaults } from './trials/faults.js';
import { tryFuzz } from './trials/fuzz.js';
import { tryKept } from './trials/kept.js';
import { tryUnitTests } from './trials/unit.js';
import type { Workpiece } from './trials/workpiece.js';
import { BuildFailed, bundled, load, simulatedDriver } from './workshop.js';

/** The driver in the sandbox against its simulated devices and its recordings. */
export const driverTest: Command = {
  name: 'test',
  usage: 'driver test FOLDER [--fault NAME ...] [--cases FOLDER] [--json]',
  summary:
    'unit tests of the folder, contract, budgets, recordings, cases, every fault, fuzz; --fault tries those alone',
  options: ['fault', 'cases'],
  async run(args, output) {
    const project = projectOf(args);
    const manifest = validManifest(project);
    const names = args.texts('fault');
    const faults = faultsNamed(names);
    if (!faults) throw new UsageError(`--fault takes all, ${FAULTS.join(', ')}.`);
    const again = `onebox driver test ${project.named}${names.map((name) => ` --fault ${name}`).join('')}`;
    const lines: Line[] = [];
    let key = 'KEY';
    try {
      const driver = await bundled(project, manifest);
      const work: Workpiece = { project, driver, simulated: await simulatedDriver(project) };
      key = Object.keys(work.simulated.devices)[0] ?? key;
      const cases = args.text('cases');
      if (cases !== undefined) lines.push(...(await tryCases(project, cases)));
      if (names.length === 0) lines.push(...(await tryWithoutFaults(work, output)));
      output.say(`${faults.length} faults ...`);
      lines.push(...(await tryFaults(work, faults)));
    } catch (error) {
      if (!(error instanceof BuildFailed)) throw error;
      lines.push(...error.lines);
    }
    const after = `onebox driver card ${project.named} --device ${key}`;
    return conclude({ manifest, lines, again, after }, output, EXIT.failed);
  },
};

async function tryWithoutFaults(work: Workpiece, output: Output): Promise<readonly Line[]> {
  output.say('Unit tests ...');
  const lines: Line[] = [...(await tryUnitTests(work.project))];
  output.say('Contract and budgets ...');
  lines.push(...(await tryContract(work)), ...(await tryKept(work)));
  output.say('Damaged replays ...');
  lines.push(...(await tryFuzz(work)));
  return lines;
}

/** The case files of the driver's protocol. Throws CASES_INVALID for a folder without any. */
async function tryCases(project: Project, folder: string): Promise<readonly Line[]> {
  if (!project.files.includes('cases.ts'))
    return [
      fail('cases', 'there is no cases.ts', { file: 'cases.ts' }, 'export default a CaseModule: see docs/drivers.md'),
    ];
  const { default: module } = await load<{ default: CaseModule }>(project, 'cases.ts');
  const all = await runCases(folder, [module]);
  const results = all.filter(({ protocol }) => protocol === module.protocol);
  if (results.length === 0) {
    const mend = `name a folder that holds ${module.protocol}/`;
    return [fail('cases', `no cases of ${module.protocol} in ${folder}`, { file: 'cases.ts' }, mend)];
  }
  return results.map((result) => {
    const text = `${result.passed} passed, ${result.failed} failed`;
    if (result.failed === 0) return ok('cases', text);
    const details = describeCaseResults([result]).split('\n').slice(1, 6).join('; ');
    return fail('cases', `${text}: ${details}`, { file: 'cases.ts' }, `onebox cases ${folder}  names every one`);
  });
}
