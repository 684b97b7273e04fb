import { lineOf } from '@onebox/driver-sdk/json-line.js';
import { judgeQuality, type Quality, type QualityFile, qualitySchema, type Tier } from '@onebox/driver-sdk/quality.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import { openProject, type Project, readText } from './project.js';
import { evidenceOf } from './quality-evidence.js';
import { fail, type Line, ok, warn } from './report.js';

const FILE = 'quality.json';
const CHECK = 'quality';
const EXAMPLE = 'onebox driver new shows one';

interface JudgedQuality {
  /** Undefined below bronze. */
  readonly tier: Tier | undefined;
  /** Rules that do not hold yet for the next tier, each with the reason. */
  readonly missing: readonly { readonly rule: string; readonly why: string }[];
  readonly quality: Quality;
  readonly file: QualityFile;
}

/** The tier of the driver in a folder, and what is missing for the next. Throws INPUT_INVALID without a valid quality.json. */
export function qualityOf(folder: string): JudgedQuality {
  const read = readQuality(openProject(folder));
  if (!read.judged) throw new OneBoxError('INPUT_INVALID', read.lines.map(({ text }) => `${FILE} ${text}`).join('; '));
  return read.judged;
}

/** The tier, and what is missing for the next. A rule that is claimed against the files is a failure. */
export function checkQuality(project: Project): readonly Line[] {
  const { judged, lines, text } = readQuality(project);
  if (!judged) return lines;
  const { tier, missing, quality } = judged;
  const claims = quality.open
    .filter(({ claimed }) => claimed)
    .map(({ rule, why }) => {
      const at = { file: FILE, line: lineOf(text, ['rules', rule]) };
      return fail(CHECK, `${rule} is not done: ${why}`, at, 'mend it, or say "to do"');
    });
  const said = tier ?? 'no tier';
  if (!quality.next) return [ok(CHECK, said)];
  const rules = missing.map(({ rule, why }) => (why === 'to do' ? rule : `${rule} (${why})`));
  return [...claims, ok(CHECK, `${said}; missing for ${quality.next}: ${rules.join(', ')}`)];
}

type ReadQuality =
  | { readonly judged: JudgedQuality; readonly lines: readonly []; readonly text: string }
  | { readonly judged?: undefined; readonly lines: readonly Line[]; readonly text: string };

function readQuality(project: Project): ReadQuality {
  if (!project.files.includes(FILE))
    return { lines: [warn(CHECK, 'there is no quality.json: no tier', { file: FILE }, EXAMPLE)], text: '' };
  const text = readText(project, FILE);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { lines: [fail(CHECK, 'not JSON', { file: FILE }, EXAMPLE)], text };
  }
  const { data, error } = qualitySchema.safeParse(value);
  if (data) {
    const quality = judgeQuality(data, evidenceOf(project));
    const missing = quality.open.filter(({ tier }) => tier === quality.next).map(({ rule, why }) => ({ rule, why }));
    return { judged: { tier: quality.tier, missing, quality, file: data }, lines: [], text };
  }
  const lines = error.issues.map(({ path, message }) => {
    const steps = path.map((step) => (typeof step === 'symbol' ? String(step) : step));
    const mend = 'each rule is done, exempt with a reason, or to do';
    return fail(CHECK, `${steps.join('.')}: ${message}`, { file: FILE, line: lineOf(text, steps) }, mend);
  });
  return { lines, text };
}
