import { useEffect, useState } from 'react';
import { text } from '../messages/i18n.js';
import { announcer } from '../state/announce.js';
import { useApp } from '../state/app.js';
import { Button } from './Button.js';
import { late } from './late.js';

const WaitingSheet = late(async () => (await import('./WaitingSheet.js')).WaitingSheet);

/** In the bar of every screen while the log cannot be written: how many records wait, and the way to see them. */
export function LogFault() {
  const { status } = useApp();
  const [open, setOpen] = useState(false);
  const count = status?.audit.waiting ?? 0;
  const isWaiting = count > 0;
  useEffect(() => {
    if (isWaiting) announcer.say(text('waiting.said'), 'assertive');
  }, [isWaiting]);
  if (!isWaiting && !open) return null;
  const label = text('waiting.button', { count });
  return (
    <>
      {!isWaiting ? null : status?.stage === 'unlocked' ? (
        <Button className="log-fault" onPress={() => setOpen(true)}>
          {label}
        </Button>
      ) : (
        <strong className="override-word">{label}</strong>
      )}
      {open ? <WaitingSheet count={count} onClose={() => setOpen(false)} /> : null}
    </>
  );
}
