import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Driver } from '@onebox/driver-sdk/define.js';
import type { Manifest } from '@onebox/driver-sdk/manifest.js';
import type { SimulatedDriver } from '@onebox/driver-sdk/simulated/faults.js';
import { driverFromCode, type LoadedDriver } from '@onebox/gateway/driver-host/driver-index.js';
import { fromCheckout } from './checkout.js';
import type { Project } from './project.js';
import { fail, type Line } from './report.js';
import { readSources } from './sources.js';

/** Turns a driver's TypeScript into what runs. The compilers come with a checkout, not with the product. */

/** A mistake in the sources, as the compiler names it. */
interface CompilerMessage {
  readonly text: string;
  readonly location: { readonly file: string; readonly line: number } | null;
}

/** The sources cannot be built; `lines` say where. */
export class BuildFailed extends Error {
  override readonly name = 'BuildFailed';
  constructor(readonly lines: readonly Line[]) {
    super(lines.map(({ text }) => text).join('; '));
  }
}

/** The driver as the product runs it: one script for the sandbox. Throws BuildFailed. */
export async function bundled(project: Project, manifest: Manifest): Promise<LoadedDriver> {
  await assertEngineCan(project);
  const { bundleDriver } = await fromCheckout<{ bundleDriver: (entry: string) => Promise<string> }>(
    'scripts/build/drivers.mjs',
  );
  try {
    return driverFromCode(manifest, await bundleDriver(join(project.folder, 'driver.ts')));
  } catch (error) {
    throw new BuildFailed(compilerLines(project, 'driver.ts', error));
  }
}

/** The script and the files that are in it, for a package. Throws BuildFailed. */
export async function bundledWithInputs(project: Project): Promise<{ code: string; inputs: readonly string[] }> {
  await assertEngineCan(project);
  const { bundleWithInputs } = await fromCheckout<{
    bundleWithInputs: (entry: string) => Promise<{ code: string; inputs: readonly string[] }>;
  }>('scripts/build/drivers.mjs');
  try {
    return await bundleWithInputs(join(project.folder, 'driver.ts'));
  } catch (error) {
    throw new BuildFailed(compilerLines(project, 'driver.ts', error));
  }
}

/** The default export of `driver.ts`. Throws BuildFailed. */
export async function driverModule(project: Project): Promise<Driver> {
  return (await load<{ default: Driver }>(project, 'driver.ts')).default;
}

/** The default export of `simulator.ts`. Throws BuildFailed. */
export async function simulatedDriver(project: Project): Promise<SimulatedDriver> {
  const { default: simulated } = await load<{ default?: SimulatedDriver }>(project, 'simulator.ts');
  if (typeof simulated?.devices === 'object' && Object.keys(simulated.devices).length > 0) return simulated;
  const mend = 'export default { devices: { KEY: { transport, make } }, without: {} }';
  throw new BuildFailed([fail('simulator', 'no SimulatedDriver as default export', { file: 'simulator.ts' }, mend)]);
}

/**
 * Runs a module of the folder in this process. What it imports of OneBox is what runs here already, so that classes
 * are the same. Throws BuildFailed.
 */
export async function load<T>(project: Project, file: string): Promise<T> {
  const { bundleForTools } = await fromCheckout<{ bundleForTools: (entry: string) => Promise<string> }>(
    'scripts/build/vendor-module.mjs',
  );
  const folder = mkdtempSync(join(tmpdir(), 'onebox-driver-'));
  try {
    const path = join(folder, 'module.mjs');
    writeFileSync(path, await bundleForTools(join(project.folder, file)));
    return (await import(pathToFileURL(path).href)) as T;
  } catch (error) {
    throw new BuildFailed(compilerLines(project, file, error));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * QuickJS refuses a program in which the head of `for ... of` yields (its stack underflows), and says neither file nor
 * line. Throws BuildFailed.
 */
async function assertEngineCan(project: Project): Promise<void> {
  const { yieldingHeads } = await readSources(project);
  const mend = 'take it out of the head: const list = yield* ...; for (const one of list)';
  const text = 'a yield in the head of a for ... of, which the engine of the sandbox cannot run';
  if (yieldingHeads.length > 0) throw new BuildFailed(yieldingHeads.map((at) => fail('build', text, at, mend)));
}

function compilerLines({ folder }: Project, file: string, error: unknown): readonly Line[] {
  const mend = 'mend it, then run the command again';
  const messages = (error as { readonly errors?: readonly CompilerMessage[] }).errors;
  if (!Array.isArray(messages))
    return [fail('build', error instanceof Error ? error.message : String(error), { file }, mend)];
  return (messages as readonly CompilerMessage[]).map(({ text, location }) =>
    fail('build', text, location ? { file: inFolder(folder, location.file), line: location.line } : { file }, mend),
  );
}

/** The compiler names files from where it was started. */
function inFolder(folder: string, file: string): string {
  const path = pathToFileURL(file).pathname;
  const base = pathToFileURL(`${folder}/`).pathname;
  return path.startsWith(base) ? decodeURIComponent(path.slice(base.length)) : file;
}
