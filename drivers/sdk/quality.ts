import * as z from 'zod';
import type { Manifest } from './manifest.js';

/**
 * The quality scale: named rules in four tiers. `quality.json` of a driver says of each rule whether it holds; where
 * a rule can be seen in the files of the driver, the files decide.
 */

export const TIERS = ['bronze', 'silver', 'gold', 'platinum'] as const;
export type Tier = (typeof TIERS)[number];

/** What the files of a driver show. */
export interface Evidence {
  /** Undefined when it has problems. */
  readonly manifest: Manifest | undefined;
  /** Relative to the folder. */
  readonly files: readonly string[];
  /** Text of README.md; empty when there is none. */
  readonly readme: string;
  readonly recordings: readonly RecordedEvidence[];
}

/** What a recording, and the findings that are kept beside it, show. */
export interface RecordedEvidence {
  readonly practice: boolean;
  /** `model/hardware/firmware` of every identity. */
  readonly revisions: readonly string[];
  /** The device told its time. */
  readonly clock: boolean;
  /** The link was lost, something was refused, or a phase was not finished. */
  readonly wentWrong: boolean;
  readonly strip: boolean;
  /** Most values of one code at different times. */
  readonly series: number;
}

export interface QualityRule {
  readonly tier: Tier;
  /** What holds, in one sentence. */
  readonly holds: string;
  /** Who sees it: the files of the driver, a test that runs it, or people, who then name their evidence. */
  readonly by: 'files' | 'tests' | 'people';
  /** What the files lack, in a few words; undefined when they bear the rule out. */
  readonly lacks?: (evidence: Evidence) => string | undefined;
}

/** From how many values on a series is a trend. */
const TREND = 10;
const REVISIONS = 3;

const unless = (holds: boolean | undefined, lack: string): string | undefined => (holds ? undefined : lack);
const some = ({ recordings }: Evidence, is: (one: RecordedEvidence) => boolean): boolean => recordings.some(is);

export const QUALITY_RULES = {
  identity: {
    tier: 'bronze',
    holds: 'It says which device it is before anything else.',
    by: 'files',
    lacks: ({ manifest }) => unless(manifest?.phases.includes('identity'), 'the manifest has no phase identity'),
  },
  'critical-facts': {
    tier: 'bronze',
    holds: 'It reads what matters in the first ten seconds.',
    by: 'files',
    lacks: ({ manifest }) =>
      unless(
        manifest?.phases.some((phase) => phase === 'critical' || phase === 'present'),
        'the manifest has neither the phase critical nor present',
      ),
  },
  simulator: {
    tier: 'bronze',
    holds: 'There is a simulated device that behaves.',
    by: 'files',
    lacks: ({ files }) => unless(files.includes('simulator.ts'), 'there is no simulator.ts'),
  },
  'parser-tests': {
    tier: 'bronze',
    holds: 'Its parsers are tested, with case files or tests of their own.',
    by: 'files',
    lacks: ({ files }) =>
      unless(
        files.some((file) => file.endsWith('.test.ts')),
        'there is no test file in the folder',
      ),
  },
  recordings: {
    tier: 'bronze',
    holds: 'Recorded sessions are replayed by a test.',
    by: 'files',
    lacks: ({ recordings }) => unless(recordings.length > 0, 'there is no recording'),
  },
  documented: {
    tier: 'bronze',
    holds: 'The README says what is read and where the knowledge comes from.',
    by: 'files',
    lacks: ({ readme }) => unless(heading(readme, /read|sources|messages/i), 'README.md has no section for it'),
  },
  'all-faults': {
    tier: 'silver',
    holds: 'Every fault of the vocabulary ends in a complete, partial or refused read, and invents nothing.',
    by: 'tests',
  },
  'partial-reads': {
    tier: 'silver',
    holds: 'A read that went wrong is recorded, and says what is missing.',
    by: 'files',
    lacks: (evidence) =>
      unless(
        some(evidence, ({ wentWrong }) => wentWrong),
        'no recording of a read that went wrong',
      ),
  },
  clock: {
    tier: 'silver',
    holds: "The device's clock is compared with the tablet's.",
    by: 'files',
    lacks: (evidence) =>
      unless(
        some(evidence, ({ clock }) => clock),
        'no recording in which the device tells its time',
      ),
  },
  'strips-or-trends': {
    tier: 'gold',
    holds: 'It gives strips, or values over time.',
    by: 'files',
    lacks: (evidence) =>
      unless(
        some(evidence, ({ strip, series }) => strip || series >= TREND),
        `no recording with a strip or ${TREND} values over time`,
      ),
  },
  'hardware-revisions': {
    tier: 'gold',
    holds: `It was recorded with ${REVISIONS} revisions of real devices.`,
    by: 'files',
    lacks: ({ recordings }) => {
      const seen = new Set(recordings.filter(({ practice }) => !practice).flatMap(({ revisions }) => revisions));
      return unless(seen.size >= REVISIONS, `recordings of ${seen.size} revisions of real devices`);
    },
  },
  'limits-stated': {
    tier: 'gold',
    holds: 'The README says what it cannot do and how its values are kept safe.',
    by: 'files',
    lacks: ({ readme }) =>
      unless(heading(readme, /limits|doubts|not read|decisions|safe/i), 'README.md has no section for it'),
  },
  'vendor-signed': {
    tier: 'platinum',
    holds: 'The maker of the device has signed it.',
    by: 'people',
  },
  'field-tested': {
    tier: 'platinum',
    holds: 'Medics have used it with real patients.',
    by: 'people',
  },
  'year-without-fault': {
    tier: 'platinum',
    holds: 'Twelve months in use without a critical fault.',
    by: 'people',
  },
} as const satisfies Readonly<Record<string, QualityRule>>;

export type RuleName = keyof typeof QUALITY_RULES;
const RULE_NAMES = Object.keys(QUALITY_RULES) as RuleName[];
const rules: Readonly<Record<RuleName, QualityRule>> = QUALITY_RULES;

const sentence = z.string().trim().min(1).max(200);

/** `quality.json`. A rule that is not named is to do. */
export const qualitySchema = z.strictObject({
  /** What is read, as it stands in the list of devices: a few short terms. */
  reads: z.array(sentence).min(1).max(12),
  /** Real devices that it was tried with: model, revision, when and by whom. Empty as long as there were none. */
  realDevices: z.array(sentence).default([]),
  rules: z.partialRecord(
    z.enum(RULE_NAMES as [RuleName, ...RuleName[]]),
    z.discriminatedUnion('status', [
      /** Rules that only people can see name their evidence. */
      z.strictObject({ status: z.literal('done'), evidence: sentence.optional() }),
      z.strictObject({ status: z.literal('exempt'), reason: sentence }),
      z.strictObject({ status: z.literal('to do') }),
    ]),
  ),
});
export type QualityFile = z.output<typeof qualitySchema>;

export interface OpenRule {
  readonly rule: RuleName;
  readonly tier: Tier;
  /** Why it does not hold: what the files lack, or that it is to do. */
  readonly why: string;
  /** `quality.json` claims that it holds. */
  readonly claimed: boolean;
}

/** The highest tier whose rules, and those of all tiers below, hold, and every rule that does not. */
export interface Quality {
  readonly tier: Tier | undefined;
  readonly next: Tier | undefined;
  /** In the order of the scale, for all tiers. */
  readonly open: readonly OpenRule[];
}

/** Judges what `quality.json` claims by what the files show. */
export function judgeQuality(file: QualityFile, evidence: Evidence): Quality {
  const open = RULE_NAMES.flatMap((rule): readonly OpenRule[] => {
    const { tier, by, lacks } = rules[rule];
    const claim = file.rules[rule] ?? { status: 'to do' };
    if (claim.status === 'exempt') return [];
    if (claim.status === 'to do') return [{ rule, tier, why: 'to do', claimed: false }];
    const lack = by === 'people' && claim.evidence === undefined ? 'no evidence is named' : lacks?.(evidence);
    return lack === undefined ? [] : [{ rule, tier, why: lack, claimed: true }];
  });
  const unreached = new Set<Tier>(open.map(({ tier }) => tier));
  const first = TIERS.findIndex((tier) => unreached.has(tier));
  return {
    tier: first < 0 ? TIERS.at(-1) : TIERS[first - 1],
    next: first < 0 ? undefined : TIERS[first],
    open,
  };
}

function heading(readme: string, words: RegExp): boolean {
  return readme.split('\n').some((line) => /^##\s/.test(line) && words.test(line));
}
