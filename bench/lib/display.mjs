import { spawn } from 'node:child_process';
import { which } from '../../scripts/setup/capabilities.mjs';

/** A display for windows: the one that is there, or a virtual one. Undefined where there is neither. */
export async function openDisplay() {
  if (process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
    return { env: {}, close: async () => undefined };
  const command = which('Xvfb');
  if (!command) return undefined;
  const server = spawn(command, ['-displayfd', '3', '-screen', '0', '1280x800x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const exited = new Promise((resolve) => server.once('exit', resolve));
  const number = await new Promise((resolve, reject) => {
    server.stdio[3].once('data', (text) => resolve(String(text).trim()));
    server.once('error', reject);
    void exited.then(() => reject(new Error('Xvfb ended')));
  });
  return {
    env: { DISPLAY: `:${number}` },
    async close() {
      server.kill();
      await exited;
    },
  };
}
