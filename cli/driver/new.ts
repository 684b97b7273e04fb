import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Command } from '../commands/command.js';
import { EXIT, UsageError } from '../exit-codes.js';
import { checkout } from './checkout.js';
import { openProject, validManifest } from './project.js';
import { makeRecording } from './recorded.js';
import { bundled, simulatedDriver } from './workshop.js';

/** What a project begins with: a protocol of the maker's own, or services of the Bluetooth SIG. */
const KINDS = {
  own: { template: join(checkout, 'cli/driver/template'), name: 'example-oximeter', transports: ['ble', 'serial'] },
  sig: { template: join(checkout, 'cli/driver/template-sig'), name: 'example-strap', transports: ['ble'] },
} as const;
/** The template's UUIDs differ in their second four digits only. */
const UUID = /4F4E(\d{4})C0DE4A5EB0A70123456789AB/g;
const ADVERTISED = /Example-4F4E/g;
/** The template of an own protocol is that of a radio; these files take the place of others for a cable. */
const SERIAL = '.serial.';

/** A project that passes `check` and `test` as it is: a made-up device, to be replaced by the maker's. */
export const driverNew: Command = {
  name: 'new',
  usage: 'driver new ID --transport ble|serial [--kind own|sig] [--folder DIR] [--json]',
  summary: 'write a driver project that passes check and test at once; --kind sig: services of the Bluetooth SIG',
  options: ['transport', 'kind', 'folder'],
  async run(args, output) {
    const [, , id, ...rest] = args.words;
    const transport = args.text('transport');
    if (id === undefined || rest.length > 0) throw new UsageError('driver new takes one id.');
    if (transport !== 'ble' && transport !== 'serial')
      throw new UsageError('driver new needs --transport ble or --transport serial.');
    const kind = args.text('kind') ?? 'own';
    if (kind !== 'own' && kind !== 'sig') throw new UsageError('--kind takes own or sig.');
    if (!KINDS[kind].transports.some((one) => one === transport))
      throw new UsageError('--kind sig is for --transport ble.');
    if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(id) || id.length > 48)
      throw new OneBoxError('INPUT_INVALID', 'an id has small letters, digits and single hyphens, at most 48');
    const named = args.text('folder') ?? id;
    const folder = resolve(named);
    if (existsSync(folder) && readdirSync(folder).length > 0)
      throw new OneBoxError('INPUT_INVALID', `${named} is not empty: name another folder with --folder`);

    const files = projectFiles(id, named, KINDS[kind], transport);
    try {
      mkdirSync(folder, { recursive: true });
      for (const [file, text] of files) writeFileSync(join(folder, file), text, { flag: 'wx' });
      mkdirSync(join(folder, 'recordings'));
    } catch (cause) {
      throw new OneBoxError('INPUT_INVALID', `--folder: ${named} cannot be written`, {}, { cause });
    }
    const project = openProject(named);
    const simulated = await simulatedDriver(project);
    const driver = await bundled(project, validManifest(project));
    for (const [key, device] of Object.entries(simulated.devices)) await makeRecording(project, driver, key, device);

    const written = openProject(named).files;
    const next = `onebox driver check ${named}`;
    output.result({ driver: id, folder, files: written, next }, [
      `${id}  ${named}`,
      ...written.map((file) => `  ${file}`),
      `Next: ${next}`,
    ]);
    return EXIT.ok;
  },
};

/** Names and contents of the files, in the maker's name. */
function projectFiles(
  id: string,
  named: string,
  { template, name }: (typeof KINDS)[keyof typeof KINDS],
  transport: 'ble' | 'serial',
): readonly (readonly [string, string])[] {
  const own = readdirSync(template).filter((file) => !file.includes(SERIAL));
  // Random, so that no two projects claim the same device.
  const [head, tail] = [randomBytes(2), randomBytes(12)].map((bytes) => bytes.toString('hex').toUpperCase());
  return own.map((file) => {
    const special = join(template, file.replace('.', SERIAL));
    const source = transport === 'serial' && existsSync(special) ? special : join(template, file);
    const text = readFileSync(source, 'utf8')
      .replaceAll(name, id)
      .replace(UUID, (_all, which: string) => `${head}${which}${tail}`)
      .replace(ADVERTISED, `Example-${head}`)
      .replaceAll('FOLDER', named);
    return [file, text] as const;
  });
}
