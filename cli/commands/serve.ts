import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { serveLoopback } from '@onebox/gateway/carriers/loopback.js';
import { openEngine } from '../engine.js';
import { EXIT } from '../exit-codes.js';
import { onInterrupt } from '../interrupt.js';
import type { Command } from './command.js';

/** The user interface for machines without Electron: on 127.0.0.1, one page, behind a one-time token. */
export const serve: Command = {
  name: 'serve',
  usage: 'serve [--practice] [--data DIR]',
  summary: 'serve the user interface on 127.0.0.1 behind a one-time token',
  options: [],
  async run(args, output) {
    const folder = join(dirname(createRequire(import.meta.url).resolve('@onebox/renderer/package.json')), 'dist/app');
    // As the window does: the store of its own stays, a person is enrolled in it.
    const engine = await openEngine(args, {}, true);
    const server = await serveLoopback(engine.gateway, folder);
    try {
      const interrupt = onInterrupt(() => output.say('Ending ...'));
      output.result({ url: server.url }, [server.url]);
      output.say('Open this address once. Ctrl+C ends.');
      await once(interrupt, 'abort');
      return EXIT.ok;
    } finally {
      await server.close();
      await engine.close();
    }
  },
};
