import { useEffect, useState } from 'react';
import { announcer, type Politeness } from '../state/announce.js';

/** The two places that a screen reader listens to. They are there from the start: late ones are not heard. */
export function LiveRegions() {
  const [said, setSaid] = useState<Readonly<Record<Politeness, string>>>({ polite: '', assertive: '' });
  useEffect(
    () => announcer.listen((politeness, words) => setSaid((before) => ({ ...before, [politeness]: words }))),
    [],
  );
  return (
    <div className="hidden">
      <div role="status" aria-live="polite">
        {said.polite}
      </div>
      <div role="alert" aria-live="assertive">
        {said.assertive}
      </div>
    </div>
  );
}
