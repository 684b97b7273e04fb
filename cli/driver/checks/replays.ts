import { phraseText } from '@onebox/gateway/card/plain-words.js';
import type { LoadedDriver } from '@onebox/gateway/driver-host/driver-index.js';
import { nodeLauncher } from '@onebox/gateway/driver-host/launcher.js';
import type { Recording } from '@onebox/gateway/recordings/format.js';
import { type Replayed, replayRecording } from '@onebox/gateway/recordings/replay-session.js';
import { describe, MDC_SYSTEM, ONEBOX_SYSTEM } from '@onebox/protocol/codes.js';
import { isOneBoxError, type OneBoxError } from '@onebox/protocol/errors.js';
import { type Finding, v1 } from '@onebox/protocol/messages.js';
import { applicationVersion } from '../../version.js';
import { type Project, recordingsOf } from '../project.js';
import { type Play, play, recordingOf, replayCommand } from '../recorded.js';
import { counted, fail, type Line, ok, type Place, warn } from '../report.js';

/** What the driver finds in its own recordings: they play to their end, and every code and unit is known. */
export async function checkReplays(project: Project, driver: LoadedDriver): Promise<readonly Line[]> {
  const lines: Line[] = [];
  const findings: Finding[] = [];
  let best: Replayed | undefined;
  for (const file of recordingsOf(project)) {
    const recording = readable(project, file);
    if (!recording || recording.header.driver.id !== driver.manifest.id) continue;
    const played = await replayRecording(recording, driver, {
      launcher: nodeLauncher(),
      applicationVersion: applicationVersion(),
    });
    findings.push(
      ...(played.document.finding ?? []).map((finding) => v1.Finding.decode(v1.Finding.encode(finding).finish())),
    );
    if (played.error) lines.push(...replayProblem(project, file, recording, played.error));
    lines.push(...refusals(file, await play(recording, driver)));
    if (!best || withValue(played) > withValue(best)) best = played;
  }
  if (!best) return lines;
  const failed = lines.some(({ status }) => status === 'FAIL');
  if (!failed) lines.unshift(ok('replay', `${counted(recordingsOf(project).length, 'recording')} played`));
  return [...lines, ...itemLines(findings), cardLine(best)];
}

/** Undefined for what the check of the recordings names. */
function readable(project: Project, file: string): Recording | undefined {
  try {
    return recordingOf(project, file);
  } catch (error) {
    if (isOneBoxError(error)) return undefined;
    throw error;
  }
}

function replayProblem(project: Project, file: string, recording: Recording, error: OneBoxError): readonly Line[] {
  const range = Math.floor(error.code / 100);
  if (error.kind === 'RECORDING_DIVERGED') {
    // It ended with a fault after which a session tries again: that is all there is of it.
    if (/^link \d+ is not in the recording$/.test(error.detail)) return [];
    const at = placeOf(file, recording, error.detail);
    // The mask may have taken what the driver would need to go on.
    if (recording.header.masked)
      return [warn('replay', `masked, and ${error.detail}`, at, 'record a simulated device')];
    return [fail('replay', error.detail, at, 'record it again if the driver is right')];
  }
  // A recorded fault of the link is part of the recording.
  if (range !== 3) return [];
  const mend = `${replayCommand(project, file)}  shows how far it comes`;
  return [fail('replay', `OB-${error.code} ${error.kind} ${error.detail}`.trim(), { file }, mend)];
}

/** Findings that the host leaves out: an invented unit, a value without its time. */
function refusals(file: string, { refused }: Play): readonly Line[] {
  const rules = [...new Set(refused)].slice(0, 5).join(', ');
  const mend = 'make it a finding with a code, a UCUM unit, a time, a source and a validity';
  return refused.length === 0
    ? []
    : [fail('findings', `${refused.length} left out by the host in ${file}: ${rules}`, { file: 'driver.ts' }, mend)];
}

/** The line of the recorded packet that was not sent. */
function placeOf(file: string, { items }: Recording, detail: string): Place {
  const hex = /in the recording \S+ ([0-9a-f]+)$/.exec(detail)?.[1];
  const index = items.findIndex((item) => item.dir === 'out' && item.hex === hex);
  return hex === undefined || index < 0 ? { file } : { file, line: index + 2 };
}

/** How many of the things said have a code of ours or of MDC, and which codes nobody knows. */
function itemLines(findings: readonly Finding[]): readonly Line[] {
  const said = new Map<string, 'known' | 'unknown' | 'vendor'>();
  for (const { observation, setting, statistic } of findings) {
    const code = (observation ?? setting ?? statistic)?.code;
    const first = code?.coding?.[0];
    if (!code || !first) continue;
    const ours = first.system === MDC_SYSTEM || first.system === ONEBOX_SYSTEM;
    said.set(`${first.system} ${first.code}`, describe(code) ? 'known' : ours ? 'unknown' : 'vendor');
  }
  const count = (kind: string) => [...said.values()].filter((one) => one === kind).length;
  const unknown = [...said].filter(([, kind]) => kind === 'unknown').map(([code]) => code);
  const items = ok(
    'items',
    `${counted(said.size, 'item')}, ${count('known')} coded, ${counted(count('vendor'), 'vendor term')}`,
  );
  if (unknown.length === 0) return [items];
  const text = `not in the tables: ${unknown.slice(0, 5).join(', ')}`;
  return [
    items,
    warn('items', text, { file: 'driver.ts' }, 'take a code of protocol/nomenclature, or your own system'),
  ];
}

const withValue = ({ card }: Replayed): number => card.tiles.filter(({ value }) => value).length;

/** Tiles of the card that no recording fills. */
function cardLine(best: Replayed): Line {
  const { tiles } = best.card;
  const empty = tiles.filter(({ value }) => !value).map(({ label }) => phraseText(label.id, {}));
  const text = `${withValue(best)} of ${tiles.length} tiles have a value`;
  return ok('card', empty.length > 0 ? `${text}; without: ${empty.join(', ')}` : text);
}
