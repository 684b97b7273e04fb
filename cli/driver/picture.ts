import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Card } from '@onebox/gateway/card/model.js';
import { readAsset } from '@onebox/gateway/carriers/assets.js';
import { contentSecurityPolicy } from '@onebox/gateway/carriers/content-security.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import { checkout, fromCheckout } from './checkout.js';

/** Draws a card with the user interface itself, in a Chromium without a window. */

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
/** The smallest screen of the product, in CSS pixels, and its pixels in a millimetre. */
const SIZE = { width: 960, height: 600, mm: 4.41 };
const DEADLINE_MS = 60_000;
/** Time that passes on the page before the picture is taken; it stands for less on the wall. */
const SETTLE_MS = 4000;

export interface Picture {
  readonly theme: 'day' | 'dark' | 'red';
  readonly file: string;
}

/** By CHROMIUM_PATH, else by the usual names on the search path. */
export function findChromium(): string | undefined {
  const named = process.env.CHROMIUM_PATH;
  if (named !== undefined) return isProgram(named) ? named : undefined;
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Writes the pictures; `at` is the time on the card, milliseconds since 1970. Throws STORE_DENIED. */
export async function draw(chromium: string, card: Card, at: number, pictures: readonly Picture[]): Promise<void> {
  const { buildRenderer } = await fromCheckout<{ buildRenderer: (options: { gallery: boolean }) => Promise<unknown> }>(
    'scripts/build/renderer.mjs',
  );
  await buildRenderer({ gallery: true });
  const profile = mkdtempSync(join(tmpdir(), 'onebox-card-'));
  const server = await serveGallery();
  const { port } = server.address() as AddressInfo;
  try {
    for (const { theme, file } of pictures) {
      const url = `http://127.0.0.1:${port}/?theme=${theme}&mm=${SIZE.mm}&now=${at}#${encodeURIComponent(JSON.stringify(card))}`;
      await promisify(execFile)(chromium, options(profile, file, url), { timeout: DEADLINE_MS, killSignal: 'SIGKILL' });
      if (!existsSync(file)) throw new Error(`Chromium did not write ${file}`);
    }
  } catch (cause) {
    throw new OneBoxError('STORE_DENIED', 'Chromium could not draw the card', {}, { cause });
  } finally {
    server.closeAllConnections();
    server.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

function options(profile: string, file: string, url: string): readonly string[] {
  return [
    '--headless',
    '--disable-gpu',
    '--hide-scrollbars',
    '--no-first-run',
    '--disable-background-networking',
    // Chromium cannot keep its own sandbox for the superuser; the page is ours and has no network.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    `--user-data-dir=${profile}`,
    `--window-size=${SIZE.width},${SIZE.height}`,
    `--virtual-time-budget=${SETTLE_MS}`,
    `--screenshot=${resolve(file)}`,
    url,
  ];
}

/** The page of all screens, on this machine only, under the policy of the product. */
function serveGallery(): Promise<Server> {
  const folder = join(checkout, 'renderer/dist/gallery');
  const server = createServer((request, response) => {
    void readAsset(folder, new URL(request.url ?? '/', 'http://localhost').pathname).then((asset) => {
      if (!asset) return void response.writeHead(404).end();
      response
        .writeHead(200, { 'Content-Type': asset.type, 'Content-Security-Policy': contentSecurityPolicy('none') })
        .end(asset.bytes);
    });
  });
  return new Promise((done) => server.listen(0, '127.0.0.1', () => done(server)));
}
