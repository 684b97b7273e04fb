import { describe, expect, it } from 'vitest';
import manifest from './manifest.json' with { type: 'json' };

describe('the generic driver', () => {
  it('sends nothing to a device that it does not know', () => {
    expect(manifest).not.toHaveProperty('requests');
    expect(manifest).not.toHaveProperty('endOfSession');
    expect(manifest.budget.bytesOut).toBe(0);
  });

  it('is taken only where no other driver fits', () => {
    expect(manifest.match.ble.every(({ fallback }) => fallback)).toBe(true);
  });
});
