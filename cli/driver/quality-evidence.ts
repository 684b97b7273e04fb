import type { Evidence, RecordedEvidence } from '@onebox/driver-sdk/quality.js';
import type { Recording } from '@onebox/gateway/recordings/format.js';
import { isOneBoxError } from '@onebox/protocol/errors.js';
import type { Finding } from '@onebox/protocol/messages.js';
import { type Project, readText, recordingsOf } from './project.js';
import { keptFindings, recordingOf } from './recorded.js';

/** What the files of a driver show for the quality scale. Recordings that cannot be read show nothing. */
export function evidenceOf(project: Project): Evidence {
  const { manifest, files } = project;
  return {
    manifest,
    files,
    readme: files.includes('README.md') ? readText(project, 'README.md') : '',
    recordings: recordingsOf(project).flatMap((file) => {
      const recording = readable(project, file);
      return recording ? [recorded(recording, findingKinds(keptFindings(project, file) ?? ''))] : [];
    }),
  };
}

/** Findings as they are kept: JSON, enumerations by name, one a line. */
interface KeptFinding {
  readonly identity?: { readonly model?: string; readonly hardware?: string; readonly firmware?: string };
  readonly clock?: object;
  readonly fault?: object;
  readonly progress?: { readonly phase?: string; readonly state?: string };
  readonly observation?: {
    readonly code?: { readonly coding?: readonly { readonly code?: string }[] };
    readonly time?: { readonly unixMs?: number };
    readonly samples?: object;
  };
}
/** Those that are looked at here are kinds of a finding. */
type Kinds = keyof KeptFinding extends keyof Finding ? KeptFinding : never;

function recorded({ header, items }: Recording, findings: readonly Kinds[]): RecordedEvidence {
  const lost = items.some((item) => item.dir === 'event' && 'error' in item && item.error !== undefined);
  return {
    practice: header.practice,
    revisions: findings.flatMap(({ identity }) =>
      identity ? [[identity.model, identity.hardware, identity.firmware].map((one) => one ?? '').join('/')] : [],
    ),
    clock: findings.some(({ clock }) => clock),
    wentWrong: lost || findings.some(({ fault }) => fault) || !finished(findings),
    strip: findings.some(({ observation }) => observation?.samples),
    series: longestSeries(findings),
  };
}

/** Every phase that began has an end; so has what nothing is kept of. */
function finished(findings: readonly Kinds[]): boolean {
  const phases = (state: string) =>
    findings.flatMap(({ progress }) => (progress?.state === state ? [progress.phase] : []));
  const done = new Set(phases('STATE_DONE'));
  return phases('STATE_STARTED').every((phase) => done.has(phase));
}

function longestSeries(findings: readonly Kinds[]): number {
  const times = new Map<string, Set<number>>();
  for (const { observation } of findings) {
    const code = observation?.code?.coding?.[0]?.code;
    const at = observation?.time?.unixMs;
    if (code === undefined || at === undefined) continue;
    const seen = times.get(code) ?? new Set();
    times.set(code, seen.add(at));
  }
  return Math.max(0, ...[...times.values()].map(({ size }) => size));
}

function findingKinds(text: string): readonly Kinds[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Kinds);
}

function readable(project: Project, file: string): Recording | undefined {
  try {
    return recordingOf(project, file);
  } catch (error) {
    if (isOneBoxError(error)) return undefined;
    throw error;
  }
}
