import { useState } from 'react';
import { text } from '../messages/i18n.js';
import { useSession } from '../state/app.js';
import { Button } from './Button.js';
import { FreshFactor } from './FreshFactor.js';
import { Notice, type NoticeModel } from './Notice.js';
import { noticeOf } from './notice-of.js';

/** Enrols a badge for the person who unlocked the tablet: the PIN, then the badge is held to the reader. */
export function AddBadge() {
  const session = useSession();
  const [state, setState] = useState<'pin' | 'waiting' | 'failed' | 'done'>('pin');
  const [problem, setProblem] = useState<NoticeModel | undefined>(undefined);

  const add = async (): Promise<void> => {
    setState('waiting');
    setProblem(undefined);
    try {
      await session.addFactor({ kind: 'badge' });
      setState('done');
    } catch (error) {
      setProblem(noticeOf(error));
      setState('failed');
    }
  };
  if (state === 'done') return <p role="status">{text('people.badge.done')}</p>;
  if (state === 'pin')
    return (
      <>
        <p>{text('people.badge.body')}</p>
        <FreshFactor
          use={async (factor) => {
            await session.offerFactor('badge', factor);
            void add();
          }}
        />
      </>
    );
  return (
    <div className="setup">
      {problem ? <Notice notice={problem} live /> : null}
      <p role="status">{text('badge.hold')}</p>
      {state === 'failed' ? <Button onPress={() => void add()}>{text('people.badge')}</Button> : null}
    </div>
  );
}
