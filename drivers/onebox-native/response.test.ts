import { v1 } from '@onebox/protocol/messages.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readResponse } from './response.js';

describe('responses', () => {
  it('are read without decoding the finding', () => {
    const finding = { component: { id: 'battery', kind: v1.Component.Kind.KIND_BATTERY, instance: 1 } };
    const response = readResponse(v1.Response.encode({ id: 7, finding }).finish());
    expect(response?.id).toBe(7);
    expect(response?.kind === 'finding' && v1.Finding.decode(response.finding)).toMatchObject(finding);
    expect(readResponse(v1.Response.encode({ id: 8, phaseEnd: { phase: 2, count: 5 } }).finish())).toEqual({
      id: 8,
      kind: 'phase-end',
      phase: 2,
      count: 5,
    });
  });

  it('never throw, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => void readResponse(bytes)),
      { numRuns: 3000 },
    );
  });
});
