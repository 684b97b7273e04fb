import { OneBoxError } from '@onebox/protocol/errors.js';
import { useEffect, useRef, useState } from 'react';
import { text } from '../messages/i18n.js';
import { registerKey } from '../security-key/ask.js';
import { useApp, useSession } from '../state/app.js';
import { Button } from './Button.js';
import { Notice, type NoticeModel } from './Notice.js';
import { noticeOf } from './notice-of.js';
import { PinPad, pinKeys } from './PinPad.js';
import { Sheet } from './Sheet.js';

type Step = 'pin' | 'touch' | 'done';

/** Enrols a security key for the person who unlocked the tablet: the PIN, then a touch. */
export function SecurityKeySheet({ onClose }: { readonly onClose: () => void }) {
  const session = useSession();
  const digits = useApp().status?.breakGlass.pinDigits ?? 0;
  const [step, setStep] = useState<Step>('pin');
  const [pin, setPin] = useState('');
  const [problem, setProblem] = useState<NoticeModel | undefined>(undefined);
  const leaving = useRef(new AbortController());
  useEffect(() => {
    const { current } = leaving;
    return () => current.abort();
  }, []);

  const add = async (entered: string): Promise<void> => {
    const { signal } = leaving.current;
    setStep('touch');
    setProblem(undefined);
    try {
      await session.addSecurityKey(entered, (offer) => registerKey(offer, signal));
      setStep('done');
    } catch (error) {
      if (signal.aborted) return;
      setProblem(error instanceof DOMException ? noticeOf(new OneBoxError('SECURITY_KEY_SILENT')) : noticeOf(error));
      setStep('pin');
      setPin('');
    }
  };
  const enter = (next: string): void => {
    if (step !== 'pin') return;
    setPin(next);
    if (next.length === digits) void add(next);
  };
  return (
    <Sheet title={text('key.add')} onClose={onClose}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: digits typed on a keyboard count anywhere in the sheet. */}
      <div className="two" onKeyDown={pinKeys(pin, digits, enter)}>
        <div className="left">
          <p role="status">{text(`key.add.${step}`)}</p>
          {problem ? <Notice notice={problem} live /> : null}
          <div className="sheet-actions">
            <Button onPress={onClose}>{text('action.close')}</Button>
          </div>
        </div>
        <div className="right">
          {step === 'done' ? null : (
            <PinPad value={pin} digits={digits} onChange={enter} label={text('pin.label')} disabled={step !== 'pin'} />
          )}
        </div>
      </div>
    </Sheet>
  );
}
