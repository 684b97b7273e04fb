import { useState } from 'react';
import { text } from '../messages/i18n.js';
import { useApp } from '../state/app.js';
import { Notice, type NoticeModel } from './Notice.js';
import { noticeOf } from './notice-of.js';
import { PinPad, pinKeys } from './PinPad.js';

/** The PIN of the person who is there, fresh for what follows. */
export function FreshPin({ use }: { readonly use: (pin: string) => Promise<void> }) {
  const { status } = useApp();
  const digits = status?.breakGlass.pinDigits ?? 0;
  const [pin, setPin] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<NoticeModel | undefined>(undefined);
  const enter = (next: string): void => {
    if (busy) return;
    setPin(next);
    if (next.length < digits) return;
    setBusy(true);
    setProblem(undefined);
    use(next)
      .catch((error: unknown) => setProblem(noticeOf(error)))
      .finally(() => {
        setPin('');
        setBusy(false);
      });
  };
  const prompt = text('lock.pin', { name: status?.person?.displayName ?? '' });
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: digits typed on a keyboard count anywhere in this step.
    <div className="two" onKeyDown={pinKeys(pin, digits, enter)}>
      <div className="left">
        <p>{text(busy ? 'pin.checking' : 'people.fresh')}</p>
        {problem ? <Notice notice={problem} live /> : null}
      </div>
      <div className="right">
        <p className="pin-prompt">{prompt}</p>
        <PinPad value={pin} digits={digits} onChange={enter} label={prompt} disabled={busy} />
      </div>
    </div>
  );
}
