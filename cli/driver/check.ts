import type { Manifest } from '@onebox/driver-sdk/manifest.js';
import type { Command } from '../commands/command.js';
import { EXIT } from '../exit-codes.js';
import { checkAmbiguity } from './checks/ambiguous.js';
import { checkFiles, checkRecordings } from './checks/files.js';
import { checkManifestLines, checkSafety } from './checks/manifest.js';
import { checkReadOnly } from './checks/read-only.js';
import { checkReplays } from './checks/replays.js';
import { checkTypes } from './checks/types.js';
import { checkCodes, checkSentences } from './checks/words.js';
import { type Project, projectOf, readText } from './project.js';
import { checkQuality } from './quality.js';
import { conclude, type Line, ok } from './report.js';
import { readSources } from './sources.js';
import { BuildFailed, bundled, driverModule } from './workshop.js';

/** Everything about a driver that can be judged without a device. */
export const driverCheck: Command = {
  name: 'check',
  usage: 'driver check FOLDER [--json]',
  summary: 'manifest, types, codes, units, read-only proof, safety facts, ambiguity, words, files; what to mend where',
  options: [],
  async run(args, output) {
    const project = projectOf(args);
    const lines = await checkProject(project);
    const report = {
      manifest: project.manifest,
      lines,
      again: `onebox driver check ${project.named}`,
      after: `onebox driver test ${project.named}`,
    };
    return conclude(report, output, EXIT.invalid);
  },
};

/** All lines of the check. Nothing of the maker's runs outside the sandbox but the module of the driver itself. */
export async function checkProject(project: Project): Promise<readonly Line[]> {
  const { manifest } = project;
  const sources = await readSources(project);
  const readme = project.files.includes('README.md') ? readText(project, 'README.md') : undefined;
  return [
    ...checkManifestLines(project),
    ...(manifest ? checkReadOnly(project, manifest, sources) : []),
    ...checkSafety(project, readme),
    ...(manifest ? checkAmbiguity(project, manifest) : []),
    ...checkCodes(sources),
    ...checkSentences(sources),
    ...(await checkTypes(project, sources.files)),
    ...checkFiles(project),
    ...(manifest ? checkRecordings(project, manifest) : []),
    ...(manifest && project.files.includes('driver.ts') ? await checkProgram(project, manifest) : []),
    ...checkQuality(project),
  ];
}

/** It builds for the sandbox, is what the manifest says, and plays its recordings. */
async function checkProgram(project: Project, manifest: Manifest): Promise<readonly Line[]> {
  try {
    const driver = await bundled(project, manifest);
    const { id, version, authorise } = await driverModule(project);
    if (id !== manifest.id || version !== manifest.version) throw misnamed('defineDriver has another id or version');
    if (manifest.authorisation === 'driver' && !authorise)
      throw misnamed('"authorisation": "driver" and no authorise hook');
    const size = Math.round(Buffer.byteLength(await driver.code()) / 1024);
    return [ok('build', `${size} KiB for the sandbox`), ...(await checkReplays(project, driver))];
  } catch (error) {
    if (error instanceof BuildFailed) return error.lines;
    throw error;
  }
}

function misnamed(text: string): BuildFailed {
  const mend = 'export default defineDriver(manifest, program, { authorise })';
  return new BuildFailed([{ status: 'FAIL', check: 'build', text, at: { file: 'driver.ts' }, mend }]);
}
