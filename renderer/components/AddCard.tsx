import { useState } from 'react';
import { text } from '../messages/i18n.js';
import { useSession } from '../state/app.js';
import { Button } from './Button.js';
import { FreshFactor } from './FreshFactor.js';
import { Notice, type NoticeModel } from './Notice.js';
import { noticeOf } from './notice-of.js';
import { TextInput } from './TextInput.js';

/** Enrols the smart card that is plugged in, for the person who unlocked the tablet: the PIN, then the card's own. */
export function AddCard() {
  const session = useSession();
  const [card, setCard] = useState<string | undefined>(undefined);
  const [cardPin, setCardPin] = useState('');
  const [state, setState] = useState<'asking' | 'busy' | 'done'>('asking');
  const [problem, setProblem] = useState<NoticeModel | undefined>(undefined);

  const add = async (): Promise<void> => {
    setState('busy');
    setProblem(undefined);
    try {
      await session.addFactor({ kind: 'smart-card', cardPin });
      setState('done');
    } catch (error) {
      setProblem(noticeOf(error));
      setState('asking');
    } finally {
      setCardPin('');
    }
  };
  if (state === 'done') return <p role="status">{text('people.card.done')}</p>;
  if (card === undefined)
    return (
      <>
        <p>{text('people.card.body')}</p>
        <FreshFactor use={async (factor) => setCard((await session.offerFactor('smart-card', factor)).label)} />
      </>
    );
  return (
    <div className="setup">
      {problem ? <Notice notice={problem} live /> : null}
      <p>{text('people.card.found', { card })}</p>
      <TextInput label={text('card.pin')} value={cardPin} onChange={setCardPin} maxLength={64} secret />
      <Button kind="pri" onPress={() => void add()} disabled={state === 'busy' || cardPin.length < 4}>
        {text(state === 'busy' ? 'pin.checking' : 'people.card')}
      </Button>
    </div>
  );
}
