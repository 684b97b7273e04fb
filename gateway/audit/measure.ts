import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditLog } from './log.js';
import { verifyAudit } from './verify.js';

/** Figures of the log on this machine, each against a bare baseline in the same run. */
export interface AuditFigures {
  /** Appends per second, one after the other, each durable. */
  readonly appendsPerSecond: number;
  /** Bare append of as many bytes + fdatasync, per second. */
  readonly barePerSecond: number;
  readonly ratio: number;
  /** Milliseconds, 99th percentile. */
  readonly appendP99: number;
  readonly bareP99: number;
  readonly verifiedEntries: number;
  readonly verifySeconds: number;
  readonly openSeconds: number;
}

/**
 * Alternates rounds of the log and of the bare file, so that both meet the same disk. The first round of
 * each warms up the program and is left out.
 */
export async function measureAudit(appends = 5000, entries = 100_000): Promise<AuditFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'onebox-measure-'));
  try {
    const log = await AuditLog.open({ folder: join(folder, 'log'), keptFolder: join(folder, 'kept') });
    const bare = await open(join(folder, 'bare'), 'a');
    const bytes = new Uint8Array(RECORD_BYTES);
    const own: number[] = [];
    const base: number[] = [];
    const rounds = 10;
    for (let round = 0; round <= rounds; round++) {
      await timeEach(appends / rounds, base, async () => {
        await bare.write(bytes);
        await bare.datasync();
      });
      await timeEach(appends / rounds, own, () => log.append('phaseRead', FIELDS));
      if (round === 0) own.length = base.length = 0;
    }
    await bare.close();
    while (log.size < entries) await Promise.all(Array.from({ length: 200 }, () => log.append('phaseRead', FIELDS)));
    await log.close();
    const verifyStart = performance.now();
    const verified = await verifyAudit(join(folder, 'log'));
    const openStart = performance.now();
    await (await AuditLog.open({ folder: join(folder, 'log'), keptFolder: join(folder, 'kept') })).close();
    const end = performance.now();
    const rate = (times: readonly number[]) => (1000 * times.length) / times.reduce((sum, time) => sum + time, 0);
    return {
      appendsPerSecond: rate(own),
      barePerSecond: rate(base),
      ratio: rate(own) / rate(base),
      appendP99: p99(own),
      bareP99: p99(base),
      verifiedEntries: verified.intact ? verified.entries : 0,
      verifySeconds: (openStart - verifyStart) / 1000,
      openSeconds: (end - openStart) / 1000,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** About the size of a framed record with an access. */
const RECORD_BYTES = 150;
const FIELDS = {
  accessId: 'a'.repeat(32),
  sessionId: 'b'.repeat(32),
  device: new Uint8Array(16),
  person: new Uint8Array(16),
  numbers: { phase: 1, items: 20, bytesReceived: 1234 },
};

async function timeEach(count: number, times: number[], act: () => Promise<unknown>): Promise<void> {
  for (let at = 0; at < count; at++) {
    const start = performance.now();
    await act();
    times.push(performance.now() - start);
  }
}

function p99(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length * 0.99)]!;
}
