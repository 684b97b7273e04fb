import type { PatientMatch } from '@onebox/gateway/card/model.js';
import { useState } from 'react';
import { Button } from '../../components/Button.js';
import { Notice } from '../../components/Notice.js';
import { SerialEndField, useSerialEnd } from '../../components/SerialEnd.js';
import { Sheet } from '../../components/Sheet.js';
import { useAttempt } from '../../components/use-attempt.js';
import { text } from '../../messages/i18n.js';
import { announcer } from '../../state/announce.js';
import { useSession } from '../../state/app.js';
import { matchNotice } from './match.js';

/** Whether the device is the patient's: by the end of its serial number, as the patient's card or the housing has it. */
export function MatchSheet({
  accessId,
  match,
  onClose,
}: {
  readonly accessId: string;
  readonly match: PatientMatch | undefined;
  readonly onClose: () => void;
}) {
  const session = useSession();
  const entry = useSerialEnd();
  // The card follows a moment later; of a number that was waited for it tells what came of it.
  const [found, setFound] = useState<PatientMatch | undefined>(undefined);
  const { busy, problem, attempt } = useAttempt(async (serialEnd: string) => {
    const answer = await session.api.call('confirmMatch', { accessId, serialEnd });
    setFound(answer);
    announcer.say(text(`patientMatch.${answer.state}`), 'assertive');
    if (answer.state === 'confirmed') onClose();
  });
  const compare = (): void => void (entry.end && attempt(entry.end));
  const latest = match?.state === 'not-confirmed' ? found : match;
  const told = problem ?? (latest && matchNotice(latest));
  return (
    <Sheet title={text('patientMatch.title')} onClose={onClose}>
      <p>{text('patientMatch.body')}</p>
      <SerialEndField entry={entry} onEnter={compare} />
      {told ? <Notice notice={told} live /> : null}
      <div className="sheet-actions">
        <Button onPress={onClose} disabled={busy}>
          {text('action.close')}
        </Button>
        <Button kind="pri" onPress={compare} disabled={busy || entry.end === undefined}>
          {text('patientMatch.compare')}
        </Button>
      </div>
    </Sheet>
  );
}
