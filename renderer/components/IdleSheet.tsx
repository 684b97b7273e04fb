import { useState } from 'react';
import { text } from '../messages/i18n.js';
import { useApp, useSession } from '../state/app.js';
import { Button } from './Button.js';
import { Choice } from './Choice.js';
import { FreshFactor } from './FreshFactor.js';
import { Sheet } from './Sheet.js';

/** Minutes to choose from, as far as the tablet takes them. */
const CHOICES = [1, 2, 5, 10, 20, 30];

/** When the tablet locks by itself; against a fresh factor of the device manager. */
export function IdleSheet({ onClose }: { readonly onClose: () => void }) {
  const session = useSession();
  const idle = useApp().status?.idle;
  const [minutes, setMinutes] = useState<string | null>(null);
  const [sure, setSure] = useState(false);
  const [done, setDone] = useState(false);
  if (!idle) return null;
  const choices = CHOICES.filter((one) => one >= idle.shortest && one <= idle.longest);
  return (
    <Sheet title={text('idle.title')} onClose={onClose}>
      {done ? <p role="status">{text('idle.done', { minutes: idle.minutes })}</p> : null}
      {!done && sure ? (
        <FreshFactor
          use={async (factor) => {
            await session.setIdle(Number(minutes), factor);
            setDone(true);
          }}
        >
          <p>{text('idle.sure', { minutes: minutes ?? '' })}</p>
        </FreshFactor>
      ) : null}
      {done || sure ? null : (
        <>
          <p>{text('idle.body', { minutes: idle.minutes })}</p>
          <Choice
            label={text('idle.which')}
            columns={3}
            value={minutes}
            onChange={setMinutes}
            options={choices.map((one) => ({ id: String(one), text: text('idle.minutes', { minutes: one }) }))}
            autoFocus
          />
        </>
      )}
      <div className="sheet-actions">
        <Button onPress={onClose}>{text('action.close')}</Button>
        {done || sure ? null : (
          <Button onPress={() => setSure(true)} disabled={minutes === null}>
            {text('action.next')}
          </Button>
        )}
      </div>
    </Sheet>
  );
}
