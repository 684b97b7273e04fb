import type { Closed as ClosedModel } from '@onebox/gateway/api.js';
import { useEffect } from 'react';
import { Button } from '../components/Button.js';
import { Screen } from '../components/Screen.js';
import { SeverityTag } from '../components/SeverityTag.js';
import { clockText, countdownText } from '../format/time.js';
import { text } from '../messages/i18n.js';
import { announcer } from '../state/announce.js';
import { useSession } from '../state/app.js';
import { useWords } from '../state/clock.js';

/** What was deleted, and how long a magnet may still be without effect. */
export function Closed({ closed }: { readonly closed: ClosedModel }) {
  const session = useSession();
  const words = useWords();
  const { magnetUntil } = closed;
  const left = magnetUntil === undefined ? 0 : magnetUntil - words.now;
  const magnet = magnetUntil === undefined ? '' : text('closed.magnet', { time: clockText(magnetUntil, words) });
  useEffect(() => {
    if (magnet !== '') announcer.say(magnet, 'assertive');
  }, [magnet]);
  return (
    <Screen
      title={text('closed.title')}
      className="closed"
      actions={
        <Button kind="pri" onPress={() => session.showDevices()}>
          {text('closed.devices')}
        </Button>
      }
    >
      <p className="closed-line">
        {text('closed.body', { time: clockText(closed.closedAt, words), count: closed.deleted })}
      </p>
      {magnetUntil === undefined ? null : (
        <section className="notice check magnet">
          <SeverityTag severity="check" />
          <div>
            <h2>{left > 0 ? magnet : text('closed.magnet.over')}</h2>
            <p>{text('closed.magnet.body')}</p>
            {left > 0 ? (
              <p className="big" role="timer">
                {text('closed.magnet.left', { span: countdownText(left) })}
              </p>
            ) : null}
          </div>
        </section>
      )}
    </Screen>
  );
}
