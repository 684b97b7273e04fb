import type { PersonSummary } from '@onebox/gateway/api.js';
import { useState } from 'react';
import { Button } from '../../components/Button.js';
import { Choice } from '../../components/Choice.js';
import { Notice, type NoticeModel } from '../../components/Notice.js';
import { noticeOf } from '../../components/notice-of.js';
import { TextInput } from '../../components/TextInput.js';
import { text } from '../../messages/i18n.js';
import { useApp, useSession } from '../../state/app.js';
import { PinStep } from '../first-run/PinStep.js';
import { wordsOf } from './words.js';

/** A new PIN by the recovery words of the tablet: who, the words, the PIN twice. */
export function Recover({ person, back }: { readonly person: PersonSummary | undefined; readonly back: () => void }) {
  const session = useSession();
  const people = useApp().status?.people ?? [];
  const [chosen, setChosen] = useState<string | null>(person?.id ?? null);
  const [words, setWords] = useState('');
  const [entered, setEntered] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<NoticeModel | undefined>(undefined);
  const list = wordsOf(words);

  const recover = async (pin: string): Promise<void> => {
    if (chosen === null) return;
    setBusy(true);
    setProblem(undefined);
    try {
      await session.recover(chosen, list, pin);
    } catch (error) {
      setProblem(noticeOf(error));
      setEntered(false);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="setup">
      {problem ? <Notice notice={problem} live /> : null}
      {entered ? (
        <PinStep busy={busy} onDone={(pin) => void recover(pin)} />
      ) : (
        <>
          <p>{text('lock.recover.body')}</p>
          <Choice
            label={text('lock.people')}
            columns={3}
            value={chosen}
            onChange={setChosen}
            options={people.map(({ id, displayName }) => ({ id, text: displayName }))}
          />
          <TextInput label={text('lock.second.words')} value={words} onChange={setWords} maxLength={300} />
        </>
      )}
      <div className="sheet-actions">
        <Button onPress={back} disabled={busy}>
          {text('action.back')}
        </Button>
        {entered ? null : (
          <Button kind="pri" onPress={() => setEntered(true)} disabled={chosen === null || list.length === 0}>
            {text('action.next')}
          </Button>
        )}
      </div>
    </div>
  );
}
