import type { Factor } from '@onebox/gateway/api.js';
import type { ReactNode } from 'react';
import { text } from '../messages/i18n.js';
import { useApp } from '../state/app.js';
import { Notice } from './Notice.js';
import { ProofEntry, ProofWays } from './ProofEntry.js';
import { TouchKey } from './TouchKey.js';
import { useAttempt } from './use-attempt.js';
import { useProof } from './use-proof.js';

/** A factor of the person who is there, fresh for what follows. */
export function FreshFactor({
  use,
  children,
}: {
  readonly use: (factor: Factor) => Promise<void>;
  /** What it is for. */
  readonly children?: ReactNode;
}) {
  const { status } = useApp();
  const { busy, problem, attempt, fail } = useAttempt(use);
  const send = (factor: Factor | undefined): void => {
    if (factor) void attempt(factor).finally(proof.clear);
  };
  const proof = useProof(status?.person?.id, busy, send);
  const prompt = text('lock.pin', { name: status?.person?.displayName ?? '' });
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: digits typed on a keyboard count anywhere in this step.
    <div className="two" onKeyDown={proof.pin.keys}>
      <div className="left">
        {children}
        <p>{text(busy ? 'pin.checking' : 'people.fresh')}</p>
        {problem ? <Notice notice={problem} live /> : null}
        <div className="sheet-actions">
          <ProofWays proof={proof} busy={busy} />
          <TouchKey personId={status?.person?.id ?? ''} disabled={busy} show={send} failed={fail} />
        </div>
      </div>
      <div className="right">
        {proof.way === 'pin' ? <p className="pin-prompt">{prompt}</p> : null}
        <ProofEntry
          proof={proof}
          label={prompt}
          busy={busy}
          send={() => send(proof.factor)}
          action={text('action.next')}
        />
      </div>
    </div>
  );
}
