import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { AuditLog } from './log.js';

/** Appends as fast as it can, four at a time, and says each number after it was acknowledged. */
const script = (module: string, root: string) => `
  import { writeSync } from 'node:fs';
  const { AuditLog } = await import(${JSON.stringify(module)});
  const log = await AuditLog.open({ folder: ${JSON.stringify(join(root, 'audit'))}, keptFolder: ${JSON.stringify(join(root, 'vault'))}, segmentBytes: 4000 });
  let next = log.size;
  const worker = async () => {
    for (;;) {
      const items = next++;
      const index = await log.append('phaseRead', { numbers: { items } });
      writeSync(1, index + ' ' + items + '\\n');
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
`;

it('loses no acknowledged record when the process is killed in mid append', async () => {
  const root = mkdtempSync(join(tmpdir(), 'onebox-crash-'));
  const module = fileURLToPath(new URL('../dist/audit/log.js', import.meta.url));
  const acknowledged = new Map<number, number>();
  try {
    for (let round = 0; round < 6; round++) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script(module, root)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const exited = once(child, 'exit');
      let said = '';
      const chunks: Buffer[] = [];
      child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
      await once(child.stdout, 'data');
      await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 150));
      child.kill('SIGKILL');
      await exited;
      said = Buffer.concat(chunks).toString();
      for (const line of said.split('\n').slice(0, -1)) {
        const [index, items] = line.split(' ').map(Number);
        acknowledged.set(index!, items!);
      }
      const log = await AuditLog.open({ folder: join(root, 'audit'), keptFolder: join(root, 'vault') });
      expect(log.status.intact).toBe(true);
      const kept = new Map((await log.records()).map((record) => [record.index, record]));
      for (const [index, items] of acknowledged) expect(kept.get(index)?.number.items).toBe(items);
      expect((await log.verify()).problems).toEqual([]);
      await log.close();
    }
    expect(acknowledged.size).toBeGreaterThan(20);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}, 90_000);
