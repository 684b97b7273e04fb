import type { HandedOver } from '@onebox/gateway/api.js';
import type { Card } from '@onebox/gateway/card/model.js';
import { useState } from 'react';
import { saveHandOver } from '../../api/save-handover.js';
import { Button } from '../../components/Button.js';
import { Notice } from '../../components/Notice.js';
import { Sheet } from '../../components/Sheet.js';
import { useAttempt } from '../../components/use-attempt.js';
import { text } from '../../messages/i18n.js';
import { announcer } from '../../state/announce.js';
import { useSession } from '../../state/app.js';
import { matchNotice } from './match.js';

const contentText = ({ values, episodes, strips, trends }: HandedOver): string =>
  text('handover.content', { values, episodes, strips, trends });

/** What was read as one encrypted file, and the words that open it: shown here, once, and kept nowhere. */
export function HandOverSheet({
  accessId,
  card,
  onClose,
}: {
  readonly accessId: string;
  readonly card: Card | undefined;
  readonly onClose: () => void;
}) {
  const session = useSession();
  const [made, setMade] = useState<HandedOver | undefined>(undefined);
  const [saved, setSaved] = useState(false);

  const save = async (given: HandedOver): Promise<void> => {
    const done = await saveHandOver(window, given);
    setSaved(done);
    announcer.say(text(done ? 'handover.saved' : 'handover.unsaved', { name: given.fileName }), 'polite');
  };
  const { busy, problem, attempt } = useAttempt<void>(async () => {
    const given = made ?? (await session.api.call('handOver', { accessId }));
    setMade(given);
    await save(given);
  });
  const unsure = card && matchNotice(card.patientMatch);
  const complete = made?.complete ?? card?.read.state === 'complete';
  return (
    <Sheet
      title={text('handover.title')}
      onClose={onClose}
      className="handover"
      aside={
        <span className="who" role="status">
          {busy ? text(made ? 'handover.saving' : 'handover.making') : null}
        </span>
      }
    >
      <div className="two">
        <div className="left">
          <p>{made ? contentText(made) : text('handover.all')}</p>
          {made && made.leftOut > 0 ? <p>{text('handover.leftOut', { count: made.leftOut })}</p> : null}
          {unsure ? (
            <p>
              <b>{unsure.title}</b> {unsure.body}
            </p>
          ) : null}
          {complete ? null : <p>{text('handover.partial')}</p>}
          {made ? (
            <p role="status">
              <b>{text(saved ? 'handover.saved' : 'handover.unsaved', { name: made.fileName })}</b>
            </p>
          ) : (
            <p>{text('handover.body')}</p>
          )}
          {problem ? <Notice notice={problem} live /> : null}
          <div className="sheet-actions">
            <Button onPress={onClose}>{text(made ? 'action.close' : 'action.cancel')}</Button>
            <Button kind={saved ? 'sec' : 'pri'} onPress={() => void attempt()} disabled={busy} autoFocus>
              {text(made ? 'handover.again' : 'handover.save')}
            </Button>
          </div>
        </div>
        <div className="right">
          {made ? (
            <>
              <p>{text('handover.words.body')}</p>
              <ol className="recovery" aria-label={text('handover.words')} data-count={made.words.length}>
                {made.words.map((word, index) => (
                  <li key={index}>{word}</li>
                ))}
              </ol>
            </>
          ) : null}
        </div>
      </div>
    </Sheet>
  );
}
