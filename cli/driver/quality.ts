import { lineOf } from '@onebox/driver-sdk/json-line.js';
import * as z from 'zod';
import { type Project, readText } from './project.js';
import { fail, type Line, ok, warn } from './report.js';

/** The quality scale: named rules in four tiers. A driver has the highest tier whose rules, and all below, hold. */
export const TIERS = ['bronze', 'silver', 'gold', 'platinum'] as const;

const RULES: Readonly<Record<string, (typeof TIERS)[number]>> = {
  identity: 'bronze',
  'critical-facts': 'bronze',
  simulator: 'bronze',
  recordings: 'bronze',
  'all-faults': 'silver',
  'partial-reads': 'silver',
  clock: 'silver',
  'strips-or-trends': 'gold',
  'hardware-revisions': 'gold',
  'vendor-signed': 'platinum',
  'field-tested': 'platinum',
};

const FILE = 'quality.json';
const CHECK = 'quality';
const shape = z.strictObject({
  rules: z.record(
    z.enum(Object.keys(RULES)),
    z.discriminatedUnion('status', [
      z.strictObject({ status: z.literal('done') }),
      z.strictObject({ status: z.literal('exempt'), reason: z.string().min(1).max(200) }),
      z.strictObject({ status: z.literal('to do') }),
    ]),
  ),
});

/** The tier that `quality.json` claims, and what is missing for the next. */
export function checkQuality(project: Project): readonly Line[] {
  if (!project.files.includes(FILE))
    return [warn(CHECK, 'there is no quality.json: no tier', { file: FILE }, 'onebox driver new shows one')];
  const text = readText(project, FILE);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [fail(CHECK, 'not JSON', { file: FILE }, 'onebox driver new shows one')];
  }
  const { data, error } = shape.safeParse(value);
  if (!data)
    return error.issues.map(({ path, message }) => {
      const steps = path.map((step) => (typeof step === 'symbol' ? String(step) : step));
      const mend = 'each rule is done, exempt with a reason, or to do';
      return fail(CHECK, `${steps.join('.')}: ${message}`, { file: FILE, line: lineOf(text, steps) }, mend);
    });
  const open = Object.keys(RULES).filter((rule) => data.rules[rule]?.status === 'to do');
  const reached = TIERS.filter((tier) => !open.some((rule) => TIERS.indexOf(RULES[rule]!) <= TIERS.indexOf(tier)));
  const next = TIERS[reached.length];
  const missing = open.filter((rule) => RULES[rule] === next);
  const claim = `${reached.at(-1) ?? 'no tier'}, as quality.json says`;
  return [ok(CHECK, next ? `${claim}; missing for ${next}: ${missing.join(', ')}` : claim)];
}
