import { join } from 'node:path';
import { serveLoopback } from '@onebox/gateway/carriers/loopback.js';
import { DriverIndex } from '@onebox/gateway/driver-host/driver-index.js';
import { nodeLauncher, type SandboxProcess } from '@onebox/gateway/driver-host/launcher.js';
import type { Files } from '@onebox/gateway/files/files.js';
import { Gateway } from '@onebox/gateway/gateway.js';
import type { PracticeFaults } from '@onebox/simulation/practice/faults.js';
import { startPracticeProviders } from '@onebox/simulation/practice/providers.js';
import type { PracticeOptions } from '@onebox/simulation/practice/world.js';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import { asRoot, CHROMIUM, ROOT } from './lanes.js';
import { PIN, Responder } from './responder.js';
import { newDataFolder } from './store-folder.js';

/** The product in a browser, with the faults of its practice world in our hands. */
export interface Stage {
  readonly person: Responder;
  readonly faults: PracticeFaults;
  readonly gateway: Gateway;
  readonly data: string;
  /** Sandbox processes that run now. */
  readonly drivers: () => number;
  end(): Promise<void>;
}

/** One browser for the tests of a suite, and a stage for each, which ends with it. */
export function stages(): (practice: PracticeOptions, files?: Files) => Promise<Stage> {
  let browser: Browser | undefined;
  let stage: Stage | undefined;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: asRoot });
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    const ended = stage;
    stage = undefined;
    await ended?.end();
    expect(ended?.drivers() ?? 0).toBe(0);
  });
  afterAll(() => browser?.close());
  return async (practice, files) => {
    if (!browser) throw new Error('no browser');
    stage = await openStage(browser, practice, files);
    return stage;
  };
}

/** Starts gateway, server and page; a person is enrolled and the tablet is unlocked. */
async function openStage(browser: Browser, practice: PracticeOptions, files?: Files): Promise<Stage> {
  const data = newDataFolder();
  const running = new Set<SandboxProcess>();
  const launcher = nodeLauncher();
  const { providers, world, stop } = await startPracticeProviders({ rssiSwing: 0, ...practice });
  const gateway = await Gateway.open({
    dataFolder: data.path,
    providers,
    drivers: DriverIndex.open(),
    launcher: {
      launch() {
        const child = launcher.launch();
        running.add(child);
        void child.exited.then(() => running.delete(child));
        return child;
      },
    },
    practice: true,
    version: '0.0.0',
    ...(files ? { files } : {}),
    onDispose: stop,
  });
  const { person } = await gateway.call('enrol', { displayName: 'A. Meyer', role: 'responder', pin: PIN });
  const { stage } = await gateway.call('status');
  if (stage !== 'unlocked') await gateway.call('unlock', { personId: person.id, factor: { kind: 'pin', pin: PIN } });
  const server = await serveLoopback(gateway, join(ROOT, 'renderer/dist/app'));
  const context = await browser.newContext({ viewport: { width: 960, height: 600 } });
  const page = await context.newPage();
  await page.goto(server.url);
  const responder = new Responder(page);
  await responder.sees('Devices nearby');
  return {
    person: responder,
    faults: world.faults,
    gateway,
    data: data.path,
    drivers: () => running.size,
    async end() {
      await context.close();
      await server.close();
      await gateway.dispose();
      data.remove();
    },
  };
}
