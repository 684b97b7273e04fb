import type { Factor } from '@onebox/gateway/api.js';
import { Button } from '../../components/Button.js';
import { Notice } from '../../components/Notice.js';
import { ProofEntry, ProofWays } from '../../components/ProofEntry.js';
import { Sheet } from '../../components/Sheet.js';
import { TouchKey } from '../../components/TouchKey.js';
import { useAttempt } from '../../components/use-attempt.js';
import { useProof } from '../../components/use-proof.js';
import { text } from '../../messages/i18n.js';
import { announcer } from '../../state/announce.js';
import { useApp, useSession } from '../../state/app.js';

/** The one extension of an access, by a fresh factor. It sends itself when the PIN is there. */
export function ExtendSheet({ accessId, onDone }: { readonly accessId: string; readonly onDone: () => void }) {
  const session = useSession();
  const { status } = useApp();
  const person = status?.person;
  const minutes = status?.breakGlass.extensionMinutes ?? '';
  const { busy, problem, attempt, fail } = useAttempt(async (factor: Factor) => {
    await session.extend(accessId, factor);
    announcer.say(text('extend.done', { minutes }), 'assertive');
    onDone();
  });
  const send = (factor: Factor | undefined): void => {
    if (factor) void attempt(factor).finally(proof.clear);
  };
  const proof = useProof(person?.id, busy, send);
  return (
    <Sheet
      title={text('extend.title', { minutes })}
      onClose={onDone}
      aside={
        <span className="who" role="status">
          {busy ? text('pin.checking') : person?.displayName}
        </span>
      }
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: digits typed on a keyboard count anywhere in the sheet. */}
      <div className="two" onKeyDown={proof.pin.keys}>
        <div className="left">
          <p>{text('extend.body')}</p>
          {problem ? <Notice notice={problem} live /> : null}
          <div className="sheet-actions">
            <Button onPress={onDone} disabled={busy} autoFocus>
              {text('action.cancel')}
            </Button>
            <ProofWays proof={proof} busy={busy} />
            <TouchKey personId={person?.id ?? ''} disabled={busy} show={send} failed={fail} />
          </div>
        </div>
        <div className="right">
          <ProofEntry
            proof={proof}
            label={text('pin.label')}
            busy={busy}
            send={() => send(proof.factor)}
            action={text('access.extend')}
          />
        </div>
      </div>
    </Sheet>
  );
}
