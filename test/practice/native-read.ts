import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readManifest } from '@onebox/driver-sdk/manifest.js';
import driver from '@onebox/drivers/onebox-native/driver.js';
import type { Clock } from '@onebox/gateway/driver-host/clock.js';
import type { LoadedDriver } from '@onebox/gateway/driver-host/driver-index.js';
import { runDriver } from '@onebox/gateway/driver-host/host.js';
import { runDriverInProcess } from '@onebox/gateway/driver-host/in-process.js';
import { nodeLauncher } from '@onebox/gateway/driver-host/launcher.js';
import type { DriverRun, RunOptions } from '@onebox/gateway/driver-host/run.js';
import { FindingStore } from '@onebox/gateway/interrogation/finding-store.js';
import { DEFAULT_PHASES } from '@onebox/gateway/interrogation/phases.js';
import type { Link } from '@onebox/gateway/links/link.js';
import { plainFinding } from '@onebox/protocol/json.js';
import type { Phase } from '@onebox/protocol/messages.js';

const folder = new URL('../../drivers/onebox-native/', import.meta.url);
export const manifest = readManifest(readFileSync(new URL('manifest.json', folder), 'utf8'));

export interface NativeRead {
  readonly store: FindingStore;
  readonly runs: readonly DriverRun[];
}

export interface NativeReadOptions {
  readonly phases?: readonly Phase[];
  /** Links until it gives up. */
  readonly links?: number;
  readonly idleMs?: number;
  readonly now?: () => number;
  /** Of a replay. */
  readonly clock?: Clock;
  /** Runs it in the sandbox. */
  readonly bundle?: LoadedDriver;
}

/** Reads with the native driver, over as many links as it takes, as a session does. */
export async function readNative(
  open: () => Promise<Link>,
  { phases = DEFAULT_PHASES, links = 1, idleMs = 300, now = Date.now, clock, bundle }: NativeReadOptions = {},
): Promise<NativeRead> {
  const store = new FindingStore();
  const runs: DriverRun[] = [];
  while (runs.length < links) {
    const link = await open();
    const options: RunOptions = {
      link,
      phases,
      finished: store.finished,
      received: store.receivedByPhase,
      onFinding: (finding) => void store.add(finding, now()),
      now,
      ...(clock ? { clock } : {}),
      limits: { idleMs },
    };
    const run = await (bundle
      ? runDriver({ ...options, driver: bundle, launcher: nodeLauncher() })
      : runDriverInProcess({ ...options, driver, manifest }));
    await link.close();
    runs.push(run);
    if (run.end === 'done') break;
  }
  return { store, runs };
}

/** What was found, one short line each: kind, and a hash of everything but stamps, progress and the difference of the clocks. */
export function content(store: FindingStore, times: 'with times' | 'without times' = 'with times'): string[] {
  return store.findings
    .filter(({ progress, clock }) => !progress && !clock)
    .map(({ sequence: _sequence, receivedUnixMs: _received, ...finding }) => {
      const plain = plainFinding(finding);
      const text = JSON.stringify(times === 'with times' ? plain : withoutTimes(plain));
      return `${text.slice(0, 150)} ${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
    });
}

const OF_THE_MOMENT = new Set(['unixMs', 'endUnixMs', 'deviceText']);

/** Where the clocks run, times differ from one read to the next. */
function withoutTimes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTimes);
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  const kept = Object.entries(value).filter(([key]) => !OF_THE_MOMENT.has(key));
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutTimes(inner)]));
}
