import type { ManifestProblem } from '@onebox/driver-sdk/manifest.js';
import type { Project } from '../project.js';
import { counted, fail, type Line, ok, warn } from '../report.js';

const FILE = 'manifest.json';

/** What to write where a field is wrong, by the beginning of its path. */
const MENDS: readonly (readonly [path: string, mend: string])[] = [
  ['safety.magnet', 'add  "magnet": { "duringRead": "ignored", "afterReadSeconds": 420, "source": "IFU p. 41" }'],
  ['match', 'say how the device is recognised, for each transport'],
  ['requests', 'add  "requests": { "name": { "channel": "2A52", "bytes": "01 01" } }'],
  ['budget', 'state connections, radioSeconds, bytesIn, bytesOut, findings and per24h'],
  ['transport', 'add  "transport": ["ble"]'],
  ['deviceClasses', 'add  "deviceClasses": ["pulse-oximeter"]'],
  ['phases', 'add  "phases": ["identity", "critical", "present"]'],
  ['endOfSession', 'name a request of "requests"'],
];

/** The manifest against its schema: one line for each problem. */
export function checkManifestLines(project: Project): readonly Line[] {
  const { manifest, problems, manifestText } = project;
  if (!manifest) return problems.map((problem) => problemLine(problem, manifestText !== ''));
  const { requests, reads, subscriptions, match } = manifest;
  const rules = match.ble.length + match.serial.length + match.file.length;
  const lines: Line[] = [
    ok(
      'manifest',
      [
        counted(rules, 'match rule'),
        counted(Object.keys(requests).length, 'request'),
        counted(reads.length, 'read'),
        counted(subscriptions.length, 'subscription'),
      ].join(', '),
    ),
  ];
  if (manifest.authorisation === 'maker')
    lines.push(ok('authorisation', 'of the maker: the product does not connect to this device'));
  return lines;
}

function problemLine({ path, message, line }: ManifestProblem, there: boolean): Line {
  if (!there) return fail('manifest', message, { file: FILE }, 'onebox driver new ID --transport ble writes one');
  const mend = MENDS.find(([start]) => path === start || path.startsWith(`${start}.`))?.[1];
  return fail(
    path.startsWith('safety') ? path : 'manifest',
    `${path}: ${message}`,
    { file: FILE, ...(line === undefined ? {} : { line }) },
    mend ?? 'see the table of fields in docs/drivers.md',
  );
}

/** Facts that a reader of the card relies on. */
export function checkSafety(project: Project, readme: string | undefined): readonly Line[] {
  const { manifest } = project;
  if (!manifest) return [];
  const { magnet, doNotTouch } = manifest.safety;
  const lines: Line[] = [];
  const facts = [
    ...(magnet
      ? [`magnet ${magnet.duringRead} during the read, ${magnet.afterReadSeconds} s after (${magnet.source})`]
      : []),
    ...doNotTouch.map(({ name, source }) => `never connects to ${name} (${source})`),
    `at most ${manifest.budget.per24h.sessions} sessions and ${manifest.budget.per24h.radioSeconds} s of link in 24 h`,
  ];
  lines.push(ok('safety', facts.join('; ')));
  for (const heading of ['Safety facts', 'Limits', 'Sources']) {
    // Other words for the same are fine: "How values are made safe", "What it cannot do".
    const wanted = heading === 'Safety facts' ? /^#+ .*safe/im : new RegExp(`^#+ .*${heading.slice(0, -1)}`, 'im');
    if (readme !== undefined && !wanted.test(readme))
      lines.push(warn('safety', `no section "${heading}"`, { file: 'README.md' }, `add  ## ${heading}`));
  }
  return lines;
}
