import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it, vi } from 'vitest';

const launcher = pathToFileURL(join(import.meta.dirname, '../dist/driver-host/launcher.js')).href;

/** A host whose driver is busy for ever. Prints the process of the driver, and ends. */
const HOST = `
  import { readFileSync } from 'node:fs';
  const { nodeLauncher } = await import(${JSON.stringify(launcher)});
  nodeLauncher().launch().send({ type: 'load', seq: 1, code: 'for (;;);', memoryMiB: 32, turnMs: 60_000, now: 1 });
  setTimeout(() => {
    console.log(readFileSync('/proc/self/task/' + process.pid + '/children', 'latin1'));
    process.exit(0);
  }, 1500);
`;

it.runIf(process.platform === 'linux')('a driver that is busy ends with its host', async () => {
  const child = execFileSync(process.execPath, ['--input-type=module', '-e', HOST], { encoding: 'utf8' }).trim();
  expect(child).toMatch(/^\d+$/);
  await vi.waitFor(() => expect(existsSync(`/proc/${child}`)).toBe(false), { timeout: 5000 });
});
