import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { cardLines } from '@onebox/gateway/card/card-text.js';
import type { Card } from '@onebox/gateway/card/model.js';
import { nodeLauncher } from '@onebox/gateway/driver-host/launcher.js';
import { replayRecording } from '@onebox/gateway/recordings/replay-session.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Arguments } from '../arguments.js';
import type { Command } from '../commands/command.js';
import { EXIT } from '../exit-codes.js';
import { applicationVersion } from '../version.js';
import { draw, findChromium } from './picture.js';
import { type Project, projectOf, validManifest } from './project.js';
import { recordSimulator } from './recorded.js';
import { BuildFailed, bundled, simulatedDriver } from './workshop.js';

const THEMES = ['day', 'dark', 'red'] as const;

/** What the medic sees of the device after ten seconds: as text, and as pictures where a Chromium is there. */
export const driverCard: Command = {
  name: 'card',
  usage: 'driver card FOLDER --device KEY [--out DIR] [--json]',
  summary: 'the ten-second card of a simulated device: text, and PNGs in the three themes',
  options: ['device', 'out'],
  async run(args, output) {
    const project = projectOf(args);
    const { card, key, at } = await cardOf(project, args.text('device'));
    const pictures = await picturesOf(card, key, at, args);
    if (typeof pictures === 'string') output.say(pictures);
    else for (const file of pictures) output.say(`Wrote ${file}`);
    output.result({ card, pictures: typeof pictures === 'string' ? [] : pictures }, cardLines(card));
    return EXIT.ok;
  },
};

/** Reads a simulated device to its end; `at` is when that was, milliseconds since 1970. */
async function cardOf(
  project: Project,
  named: string | undefined,
): Promise<{ readonly card: Card; readonly key: string; readonly at: number }> {
  const manifest = validManifest(project);
  try {
    const { devices } = await simulatedDriver(project);
    const keys = Object.keys(devices);
    const key = named ?? (keys.length === 1 ? keys[0] : undefined);
    const device = key === undefined ? undefined : devices[key];
    if (key === undefined || !device)
      throw new OneBoxError('INPUT_INVALID', `--device: simulator.ts has ${keys.join(', ')}`);
    const driver = await bundled(project, manifest);
    const recording = await recordSimulator(driver, device);
    const options = { launcher: nodeLauncher(), applicationVersion: applicationVersion() };
    const { card } = await replayRecording(recording, driver, options);
    const { magnet } = manifest.safety;
    const at = recording.header.startedAt + (recording.items.at(-1)?.t ?? 0);
    return { card: magnet ? { ...card, magnet } : card, key, at };
  } catch (error) {
    if (!(error instanceof BuildFailed)) throw error;
    throw new OneBoxError('DRIVER_LOAD', `${error.message}; onebox driver check ${project.named} says where`);
  }
}

/** The files, or why there are none. */
async function picturesOf(card: Card, key: string, at: number, args: Arguments): Promise<readonly string[] | string> {
  const out = args.text('out');
  if (out === undefined) return 'With --out DIR the card is drawn as well, in the three themes.';
  const chromium = findChromium();
  if (!chromium) return 'No PNGs: they need Chromium. Install it, or name it with CHROMIUM_PATH.';
  try {
    mkdirSync(out, { recursive: true });
  } catch (cause) {
    throw new OneBoxError('INPUT_INVALID', `--out: ${out} cannot be written`, {}, { cause });
  }
  const files = THEMES.map((theme) => ({ theme, file: join(out, `${key}-${theme}.png`) }));
  await draw(chromium, card, at, files);
  return files.map(({ file }) => file);
}
