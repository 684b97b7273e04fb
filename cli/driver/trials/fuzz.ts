import { seededRandom } from '@onebox/driver-sdk/simulated/values.js';
import { nodeLauncher } from '@onebox/gateway/driver-host/launcher.js';
import type { Recording, RecordingItem } from '@onebox/gateway/recordings/format.js';
import { type Replayed, replayRecording } from '@onebox/gateway/recordings/replay-session.js';
import { inventions } from '@onebox/simulation/trial/inventions.js';
import { applicationVersion } from '../../version.js';
import { recordingsOf } from '../project.js';
import { recordingOf } from '../recorded.js';
import { counted, fail, type Line, ok, warn } from '../report.js';
import { fewAtATime } from './pool.js';
import type { Workpiece } from './workpiece.js';

/** Damaged replays of all recordings together. */
const RUNS = 40;
/** Packets that are damaged in one replay. */
const MOST = 3;

type Damage = 'truncated' | 'flipped';

interface Run {
  readonly file: string;
  readonly recording: Recording;
  readonly healthy: Replayed;
  readonly damage: Damage;
  readonly seed: number;
}

/**
 * Replays of the recordings with packets cut or one bit flipped: the driver must not crash. Nor may it say what the
 * undamaged replay does not, wherever damage can be seen: in packets of GATT that are too short, and under a check sum.
 */
export async function tryFuzz(work: Workpiece): Promise<readonly Line[]> {
  const { project, driver, simulated } = work;
  const recordings = recordingsOf(project);
  const runs: Run[] = [];
  for (const file of recordings) {
    const recording = recordingOf(project, file);
    const healthy = await replay(work, recording);
    // A masked one may not play at all: what it does then says nothing.
    if (healthy.error?.kind === 'RECORDING_DIVERGED') continue;
    for (let seed = 1; seed <= Math.max(2, Math.floor(RUNS / recordings.length)); seed += 1)
      runs.push({ file, recording, healthy, damage: seed % 2 === 0 ? 'truncated' : 'flipped', seed });
  }
  const checked = !('wrong-checksum' in simulated.without);
  const problems = await fewAtATime(runs, async (run) => {
    const damaged = damagedBy(run);
    const { document, error } = await replay(work, damaged.recording);
    const at = { file: run.file, line: damaged.line };
    const crashed = error && Math.floor(error.code / 100) === 3 ? [`OB-${error.code} ${error.kind}`] : [];
    const seen = checked || (run.damage === 'truncated' && run.recording.header.transport === 'ble');
    const invented = seen ? inventions(document, [run.healthy.document], 'truncated') : [];
    const mend = `seed ${run.seed}: the driver must refuse this packet (${damaged.hex})`;
    return [...crashed, ...invented].map((text) => fail('fuzz', `${run.damage}: ${text}`, at, mend));
  });
  const found = problems.flat();
  if (found.length > 0) return found.slice(0, 10);
  if (runs.length === 0)
    return [warn('fuzz', 'no recording to damage', { file: 'recordings' }, 'record a simulated device')];
  const why = simulated.without['wrong-checksum'];
  const cut = driver.manifest.transport.includes('ble') ? 'nothing invented by cut packets' : 'values not judged';
  const judged = checked ? 'nothing invented' : `${cut} (no check sum: ${why})`;
  return [ok('fuzz', `${counted(runs.length, 'damaged replay')}, no crash, ${judged}`)];
}

function replay({ driver }: Workpiece, recording: Recording): Promise<Replayed> {
  return replayRecording(recording, driver, { launcher: nodeLauncher(), applicationVersion: applicationVersion() });
}

/** The recording with up to three packets of the device damaged; the line and the bytes of the first of them. */
function damagedBy({ recording, damage, seed }: Run): { recording: Recording; line: number; hex: string } {
  const random = seededRandom(seed * 7919);
  const packets = recording.items.flatMap((item, index) => (bytesOf(item) === '' ? [] : [index]));
  const count = Math.min(packets.length, 1 + Math.floor(random() * MOST));
  const chosen = new Set(Array.from({ length: count }, () => packets[Math.floor(random() * packets.length)]!));
  const items = recording.items.map((item, index) =>
    chosen.has(index) ? ({ ...item, hex: damagedHex(bytesOf(item), damage, random) } as RecordingItem) : item,
  );
  const first = Math.min(...chosen);
  const hex = items[first] ? bytesOf(items[first]) : '';
  return { recording: { ...recording, items }, line: Number.isFinite(first) ? first + 2 : 1, hex };
}

/** What came from the device: packets, and answers to reads where they are cut. */
function bytesOf(item: RecordingItem): string {
  return item.dir === 'in' ? item.hex : '';
}

function damagedHex(hex: string, damage: Damage, random: () => number): string {
  const bytes = Buffer.from(hex, 'hex');
  if (damage === 'truncated') return bytes.subarray(0, Math.floor(random() * bytes.length)).toString('hex');
  const bit = Math.floor(random() * bytes.length * 8);
  bytes[bit >> 3]! ^= 1 << (bit & 7);
  return bytes.toString('hex');
}
