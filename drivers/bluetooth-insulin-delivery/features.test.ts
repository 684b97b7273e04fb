import { featureFindings } from '@onebox/driver-sdk/parts/insulin-findings.js';
import { v1 } from '@onebox/protocol/messages.js';
import { validateFinding } from '@onebox/protocol/validate.js';
import fc from 'fast-check';
import { expect, it } from 'vitest';

const CONCENTRATION = { coefficient: 100, exponent: 0 };

it('names every bit of the features, so that the host takes the finding', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffffffff }), (flags) => {
      for (const finding of featureFindings({ concentration: CONCENTRATION, flags } as never, 1_700_000_000_000)) {
        const sent = v1.Finding.decode(v1.Finding.encode(finding).finish());
        expect(validateFinding(sent)).toEqual([]);
      }
    }),
    { numRuns: 200 },
  );
});
