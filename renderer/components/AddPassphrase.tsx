import { useState } from 'react';
import { text } from '../messages/i18n.js';
import { PassphraseStep } from '../screens/first-run/PassphraseStep.js';
import { useSession } from '../state/app.js';
import { FreshFactor } from './FreshFactor.js';
import { Notice } from './Notice.js';
import { useAttempt } from './use-attempt.js';

/** Enrols a passphrase for the person who unlocked the tablet, or another one in its place. */
export function AddPassphrase() {
  const session = useSession();
  const [step, setStep] = useState<'fresh' | 'choosing' | 'done'>('fresh');
  const { busy, problem, attempt } = useAttempt(async (passphrase: string) => {
    await session.addFactor({ kind: 'passphrase', passphrase });
    setStep('done');
  });
  if (step === 'done') return <p role="status">{text('people.passphrase.done')}</p>;
  if (step === 'fresh')
    return (
      <FreshFactor
        use={async (factor) => {
          await session.offerFactor('passphrase', factor);
          setStep('choosing');
        }}
      />
    );
  return (
    <div className="setup">
      {problem ? <Notice notice={problem} live /> : null}
      <PassphraseStep busy={busy} onDone={(passphrase) => void attempt(passphrase)} />
    </div>
  );
}
