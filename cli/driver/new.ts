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

const TEMPLATE = join(checkout, 'cli/driver/template');
const NAME = 'example-oximeter';
/** The template's UUIDs differ in their second four digits only. */
const UUID = /4F4E(\d{4})C0DE4A5EB0A70123456789AB/g;
/** The template is that of a radio; these files take the place of others for a cable. */
const SERIAL = '.serial.';

/** A project that passes `check` and `test` as it is: a made-up oximeter, to be replaced by the maker's device. */
export const driverNew: Command = {
  name: 'new',
  usage: 'driver new ID --transport ble|serial [--folder DIR] [--json]',
  summary: 'write a driver project that passes check and test at once',
  options: ['transport', 'folder'],
  async run(args, output) {
    const [, , id, ...rest] = args.words;
    const transport = args.text('transport');
    if (id === undefined || rest.length > 0) throw new UsageError('driver new takes one id.');
    if (transport !== 'ble' && transport !== 'serial')
      throw new UsageError('driver new needs --transport ble or --transport serial.');
    if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(id) || id.length > 48)
      throw new OneBoxError('INPUT_INVALID', 'an id has small letters, digits and single hyphens, at most 48');
    const named = args.text('folder') ?? id;
    const folder = resolve(named);
    if (existsSync(folder) && readdirSync(folder).length > 0)
      throw new OneBoxError('INPUT_INVALID', `${named} is not empty: name another folder with --folder`);

    const files = projectFiles(id, named, transport);
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
function projectFiles(id: string, named: string, transport: 'ble' | 'serial'): readonly (readonly [string, string])[] {
  const own = readdirSync(TEMPLATE).filter((file) => !file.includes(SERIAL));
  // Random, so that no two projects claim the same device.
  const [head, tail] = [randomBytes(2), randomBytes(12)].map((bytes) => bytes.toString('hex').toUpperCase());
  return own.map((file) => {
    const special = join(TEMPLATE, file.replace('.', SERIAL));
    const source = transport === 'serial' && existsSync(special) ? special : join(TEMPLATE, file);
    const text = readFileSync(source, 'utf8')
      .replaceAll(NAME, id)
      .replace(UUID, (_all, which: string) => `${head}${which}${tail}`)
      .replaceAll('FOLDER', named);
    return [file, text] as const;
  });
}
