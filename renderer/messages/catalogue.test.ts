import { createCompiledCatalog } from '@lingui/cli/api';
import { ERRORS } from '@onebox/protocol/errors.js';
import { ONEBOX_TERMS } from '@onebox/protocol/nomenclature/onebox-terms.js';
import { describe, expect, it, vi } from 'vitest';
import { errors } from './en/errors.js';
import { messages } from './en/index.js';
import { tiles } from './en/tiles.js';
import { hasText, text } from './i18n.js';

const english = messages as Record<string, string>;

describe('catalogue', () => {
  it('has words for every error, short enough, and none too many', () => {
    expect(Object.keys(errors).sort()).toEqual(
      [...new Set(Object.values(ERRORS).map(({ message }) => message))].sort(),
    );
    for (const [id, [title, body]] of Object.entries(errors)) {
      expect(title.length, id).toBeLessThanOrEqual(40);
      expect(body.length, id).toBeLessThanOrEqual(90);
      expect(`${title} ${body}`, id).not.toMatch(/please|sorry|OB-\d|!/i);
    }
  });

  it('has words for every class, reason, role and absence', () => {
    const ids = [
      ...[
        'pacemaker',
        'icd',
        'crt-p',
        'crt-d',
        'loop-recorder',
        'lvad',
        'insulin-pump',
        'cgm',
        'neurostimulator',
        'intrathecal-pump',
        'cochlear-implant',
        'pulse-oximeter',
        'blood-pressure-monitor',
        'thermometer',
        'heart-rate-monitor',
        'glucose-meter',
        'scale',
        'generic',
      ].map((id) => `class.${id}`),
      ...['responder', 'clinician', 'privacy-officer', 'device-manager', 'service'].map((id) => `role.${id}`),
      ...[
        'unresponsive',
        'arrest-or-shock',
        'life-threatening',
        'device-alarm',
        'surgery-imaging-transfer',
        'patient-agrees',
      ].map((id) => `reason.${id}`),
      ...['certain', 'likely', 'possible', 'unknown'].map((id) => `match.${id}`),
    ];
    expect(ids.filter((id) => !hasText(id))).toEqual([]);
  });

  it('compiles without an error, so that the page needs no parser', () => {
    expect(createCompiledCatalog('en', english, { strict: false, namespace: 'json' }).errors).toEqual([]);
  });

  it('keeps labels of tiles to three words and never says that something is normal', () => {
    for (const [id, label] of Object.entries(tiles)) expect(label.split(' ').length, id).toBeLessThanOrEqual(3);
    for (const [id, words] of Object.entries(english)) expect(words, id).not.toMatch(/\bnormal\b|[≥≤≈→]/i);
  });

  it('shows an unknown id as words, with its values, and reports it once', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    expect(text('ev.future-thing', { value: '5 V' })).toBe('Future thing 5 V');
    expect(text('ev.future-thing')).toBe('Future thing');
    expect(warn).toHaveBeenCalledTimes(1);
    warn.mockRestore();
  });

  it('has a short word or the meaning of every term of OneBox', () => {
    expect(Object.keys(ONEBOX_TERMS).filter((term) => !hasText(`word.${term}`))).toEqual([]);
    expect(text('word.shock-therapy.status.off')).toBe('OFF');
    expect(text('tile.named', { what: 'Impedance' })).toBe('Impedance');
  });

  it('counts in words', () => {
    expect(text('lead.shocks-today', { count: 1 })).toBe('1 shock delivered today');
    expect(text('lead.shocks-today', { count: 2 })).toBe('2 shocks delivered today');
    expect(text('absent.unsupported.why')).toBe('');
  });
});
