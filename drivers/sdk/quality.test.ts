import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Evidence, judgeQuality, QUALITY_RULES, type QualityFile, type RuleName, TIERS } from './quality.js';

const names = Object.keys(QUALITY_RULES) as RuleName[];
const nothing: Evidence = { manifest: undefined, files: [], readme: '', recordings: [] };
const file = (rules: QualityFile['rules']): QualityFile => ({ reads: ['a'], realDevices: [], rules });

describe('the quality scale', () => {
  it('has rules in every tier, lowest first', () => {
    const tiers = names.map((name) => TIERS.indexOf(QUALITY_RULES[name].tier));
    expect(tiers).toEqual(tiers.toSorted((a, b) => a - b));
    expect(new Set(tiers).size).toBe(TIERS.length);
  });

  it('believes no claim that the files do not bear out', () => {
    const { tier, open } = judgeQuality(
      file(Object.fromEntries(names.map((name) => [name, { status: 'done' as const }]))),
      nothing,
    );
    expect(tier).toBeUndefined();
    expect(open.map(({ rule }) => rule)).toEqual(names.filter((name) => QUALITY_RULES[name].by !== 'tests'));
    expect(open.every(({ claimed }) => claimed)).toBe(true);
  });

  it('a tier is reached when its rules and all below hold or do not apply', () => {
    fc.assert(
      fc.property(fc.subarray(names), (left) => {
        const rules = Object.fromEntries(
          names.map((name) => [
            name,
            left.includes(name)
              ? { status: 'to do' as const }
              : { status: 'exempt' as const, reason: 'of no use here' },
          ]),
        );
        const { tier, next, open } = judgeQuality(file(rules), nothing);
        expect(open.map(({ rule }) => rule)).toEqual(left);
        const lowest = Math.min(TIERS.length, ...left.map((name) => TIERS.indexOf(QUALITY_RULES[name].tier)));
        expect(tier).toBe(TIERS[lowest - 1]);
        expect(next).toBe(TIERS[lowest]);
      }),
    );
  });

  it('counts revisions of real devices only', () => {
    const recording = { practice: false, clock: false, wentWrong: false, strip: false, series: 0 };
    const claim = file({ 'hardware-revisions': { status: 'done' } });
    const open = (recordings: Evidence['recordings']) =>
      judgeQuality(claim, { ...nothing, recordings }).open.some(({ rule }) => rule === 'hardware-revisions');
    const three = ['A//1', 'A//2', 'B//1'].map((revision) => ({ ...recording, revisions: [revision] }));
    expect(open(three)).toBe(false);
    expect(open(three.map((one) => ({ ...one, practice: true })))).toBe(true);
    expect(open([...three.slice(1), three[1]!])).toBe(true);
  });
});
