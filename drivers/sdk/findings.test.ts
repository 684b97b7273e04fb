import { OneBoxError } from '@onebox/protocol/errors.js';
import { v1 } from '@onebox/protocol/messages.js';
import { validateFinding } from '@onebox/protocol/validate.js';
import { describe, expect, it } from 'vitest';
import * as findings from './findings.js';

const at = Date.UTC(2026, 0, 2, 3, 4, 5);
const what = findings.code('urn:iso:std:iso:11073:10101', 150456);
const details = { at, source: '2A5F' };

describe('builders of findings', () => {
  it('build what the rules of onebox.v1 accept', () => {
    const built = [
      findings.identity({ deviceClass: 'icd', manufacturer: 'M', serial: '1' }),
      findings.observation(what, '2.70', 'V', {
        ...details,
        quality: 'device',
        origin: 'stored',
        validity: ['estimated', 'questionable'],
      }),
      findings.setting(what, 60, '{beats}/min', details),
      findings.statistic(what, 3, '1', details),
      findings.coded(what, findings.code('urn:vendor:x', '17'), { ...details, as: 'setting' }),
      findings.text(what, 'words', details),
      findings.absent(what, 'off', details),
      findings.samples(
        what,
        {
          periodMs: findings.exact(4),
          scale: findings.exact('0.01'),
          offset: findings.exact(0),
          unit: 'mV',
          sample: [1, 2],
        },
        details,
      ),
      findings.compound(
        what,
        [
          [what, findings.numeric(120, 'mm[Hg]')],
          [what, 'not-a-number'],
        ],
        details,
      ),
      findings.clock(at, at - 5000, '2026-01-02T03:04:00'),
      findings.clock(at, undefined),
      findings.progress('critical', 'started'),
      findings.progress('critical', 'done', { read: 3, expected: 4 }),
      findings.fault(new OneBoxError('LINK_REFUSED'), 'settings', { detail: '2A9F' }),
    ];
    for (const finding of built) expect(validateFinding(finding)).toEqual([]);
    // What the sandbox sends is what the host reads.
    for (const finding of built)
      expect(validateFinding(v1.Finding.decode(v1.Finding.encode(finding).finish()))).toEqual([]);
  });

  it('keep numbers exact', () => {
    expect(findings.observation(what, '2.70', 'V', details).observation?.numeric?.value).toEqual({
      coefficient: 270,
      exponent: -2,
    });
    expect(() => findings.exact(2.7)).toThrow(expect.objectContaining({ kind: 'DECIMAL_INVALID' }));
  });

  it('say why something could not be read', () => {
    const reason = (error: OneBoxError) => findings.fault(error, 'critical').fault?.reason;
    expect(reason(new OneBoxError('LINK_REFUSED'))).toBe(v1.AbsentReason.ABSENT_REASON_NOT_PERMITTED);
    expect(reason(new OneBoxError('LINK_NO_CHANNEL'))).toBe(v1.AbsentReason.ABSENT_REASON_UNSUPPORTED);
    expect(reason(new OneBoxError('LINK_TIMEOUT'))).toBe(v1.AbsentReason.ABSENT_REASON_ERROR);
  });
});
