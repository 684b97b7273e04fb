import { describe as describeCode } from '@onebox/protocol/codes.js';
import type { Finding, Time } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/messages.js';
import { validateFinding } from '@onebox/protocol/validate.js';
import { describe, expect, it } from 'vitest';
import type { PracticePatient } from './patient.js';
import { PATIENTS, SECOND_ICD } from './patients.js';

const NOW = Date.UTC(2026, 10, 22, 14, 32);
const all = (patient: PracticePatient): Finding[] => Object.values(patient.read(NOW)).flat();
const value = (finding: Finding) => finding.observation ?? finding.setting ?? finding.statistic;

describe.each([...PATIENTS, SECOND_ICD].map((patient) => [patient.key, patient] as const))(
  'practice patient %s',
  (_key, patient) => {
    it('breaks no rule of the protocol', () => {
      for (const finding of all(patient))
        expect(validateFinding(finding), JSON.stringify(finding).slice(0, 300)).toEqual([]);
    });

    it('is marked as practice everywhere', () => {
      const findings = all(patient);
      expect(findings.filter(({ identity }) => identity)).toHaveLength(1);
      expect(findings[0]?.identity?.practice).toBe(true);
      for (const finding of findings) {
        const observed = value(finding);
        if (observed) expect(observed.validity).toContain(v1.Validity.VALIDITY_PRACTICE);
      }
      expect(patient.serial).toMatch(/^PRACTICE-\d{4}$/);
    });

    it('uses only codes that our tables know', () => {
      for (const finding of all(patient)) {
        const observed = value(finding);
        const codes = [
          observed?.code,
          observed?.coded,
          ...(observed?.qualifier ?? []),
          finding.alert?.code,
          finding.episode?.type,
          finding.component?.location,
        ];
        for (const code of codes) if (code) expect(describeCode(code), JSON.stringify(code)).toBeDefined();
      }
    });

    it('names only components that it has', () => {
      const findings = all(patient);
      const ids = new Set(findings.flatMap(({ component }) => (component?.id ? [component.id] : [])));
      for (const finding of findings) {
        const id = value(finding)?.componentId ?? finding.alert?.componentId ?? finding.component?.parentId;
        if (id) expect(ids).toContain(id);
      }
    });

    it('has no two findings that are the same', () => {
      const encoded = all(patient).map((finding) =>
        Buffer.from(v1.Finding.encode(finding).finish()).toString('base64'),
      );
      expect(new Set(encoded).size).toBe(encoded.length);
    });

    it('tells nothing of the future, by its own clock', () => {
      const latest = NOW + (patient.clockOffsetMs ?? 0);
      const check = (time: Time | null | undefined) =>
        expect(Math.max(time?.unixMs ?? 0, time?.endUnixMs ?? 0)).toBeLessThanOrEqual(latest);
      for (const finding of all(patient))
        for (const time of [value(finding)?.time, finding.episode?.time, finding.alert?.since]) check(time);
    });

    it('says the same when it is asked twice at the same moment', () => {
      expect(patient.read(NOW)).toEqual(patient.read(NOW));
    });
  },
);

describe('strips of the practice ICD', () => {
  const strips = all(PATIENTS[0] as PracticePatient).filter(
    (finding) => finding.observation?.samples && finding.observation.episodeId,
  );

  it('are 20 to 30 s at 250 samples a second, without gaps, in two lanes for each of the two episodes', () => {
    expect(strips).toHaveLength(4);
    for (const { observation } of strips) {
      const { sample = [], periodMs, gap } = observation?.samples ?? {};
      expect(periodMs?.coefficient).toBe(4);
      expect(sample!.length / 250).toBeGreaterThan(20);
      expect(sample!.length / 250).toBeLessThan(30);
      expect(gap ?? []).toHaveLength(0);
    }
  });

  it('show fibrillation, its detection, the charge and the shock of 35 J in this order', () => {
    const markers = strips[0]?.observation?.samples?.marker ?? [];
    const names = markers.map(({ code }) => code?.coding?.[0]?.code?.replace('marker.', ''));
    const order = ['VS', 'FS', 'FD', 'CHG', 'SHOCK', 'VP', 'VS'];
    let at = -1;
    for (const name of order) {
      at = names.indexOf(name, at + 1);
      expect(at, name).toBeGreaterThanOrEqual(0);
    }
    const shock = markers[names.indexOf('SHOCK')];
    expect(shock?.numeric).toEqual({ value: { coefficient: 35, exponent: 0 }, unit: 'J' });
    const fast = names.slice(0, names.indexOf('FD')).filter((name) => name === 'FS').length;
    expect(fast).toBeGreaterThanOrEqual(18);
  });
});
