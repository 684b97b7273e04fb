import { join } from 'node:path';
import { driverFromCode, type LoadedDriver } from '@onebox/gateway/driver-host/driver-index.js';
import { nodeLauncher } from '@onebox/gateway/driver-host/launcher.js';
import { packDriver } from '@onebox/gateway/driver-packages/container.js';
import { replayFindings } from '@onebox/gateway/driver-packages/self-test.js';
import { parseRecording } from '@onebox/gateway/recordings/format.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Command } from '../commands/command.js';
import { EXIT } from '../exit-codes.js';
import type { Output } from '../output.js';
import { writePackage } from './package-file.js';
import { type Project, projectOf, readText, recordingsOf, validManifest } from './project.js';
import { placeText } from './report.js';
import { billOfMaterials } from './sbom.js';
import { BuildFailed, bundledWithInputs } from './workshop.js';

/** One file of a driver's folder: program, manifest, recordings with what it finds in them, bill of materials. */
export const driverPack: Command = {
  name: 'pack',
  usage: 'driver pack FOLDER [--out FILE] [--json]',
  summary: 'make one file of a driver, to be signed',
  options: ['out'],
  async run(args, output) {
    const project = projectOf(args);
    const manifest = validManifest(project);
    const { id, version } = manifest;
    const out = args.text('out') ?? `${id}-${version}.onebox-driver`;
    let built: Awaited<ReturnType<typeof bundledWithInputs>>;
    try {
      built = await bundledWithInputs(project);
    } catch (error) {
      if (!(error instanceof BuildFailed)) throw error;
      return notBuilt(project, error, output);
    }
    const { code, inputs } = built;
    const files = new Map<string, string>([
      ['driver.js', code],
      ['manifest.json', project.manifestText],
      ['sbom.cdx.json', billOfMaterials(manifest, project.folder, inputs, code)],
      ...(await recordings(project, driverFromCode(manifest, code))),
    ]);
    const packed = packDriver(id, version, new Map([...files].map(([path, text]) => [path, Buffer.from(text)])));
    writePackage(out, packed);
    const next = `onebox driver sign ${out} --key FILE`;
    output.result({ driver: id, version, file: out, bytes: packed.length, files: [...files.keys()].sort(), next }, [
      `${id} ${version}  ${out}  ${packed.length} bytes`,
      ...[...files.keys()].sort().map((path) => `  ${path}`),
      `Next: ${next}`,
    ]);
    return EXIT.ok;
  },
};

/** Each recording with what the driver finds in it now, in the sandbox; that must be what was kept, where it was. */
async function recordings(project: Project, driver: LoadedDriver): Promise<[string, string][]> {
  const files = recordingsOf(project);
  if (files.length === 0)
    throw new OneBoxError('DRIVER_PACKAGE', `no recording for the self-test in ${join(project.named, 'recordings')}`);
  const packed: [string, string][] = [];
  for (const file of files) {
    const text = readText(project, file);
    const golden = file.replace(/\.obrec$/, '.findings.jsonl');
    const { findings, error } = await replayFindings(driver, parseRecording(text), nodeLauncher());
    if (error) throw new OneBoxError('DRIVER_SELF_TEST', `${file}: ${error.kind}`, {}, { cause: error });
    if (project.files.includes(golden) && readText(project, golden) !== findings)
      throw new OneBoxError('DRIVER_SELF_TEST', `${golden} is not what the driver finds now`);
    packed.push([file, text], [golden, findings]);
  }
  return packed;
}

function notBuilt(project: Project, { lines }: BuildFailed, output: Output): number {
  const next = `mend it, then  onebox driver pack ${project.named}`;
  const told = lines.flatMap((line) => ('at' in line ? [`  FAIL  ${placeText(line.at)}  ${line.text}`] : []));
  output.result({ driver: project.manifest?.id ?? null, lines, next }, [...told, `Next: ${next}`]);
  return EXIT.failed;
}
