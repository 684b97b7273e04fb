import { useState } from 'react';
import { Button } from '../../components/Button.js';
import { Notice, type NoticeModel } from '../../components/Notice.js';
import { noticeOf } from '../../components/notice-of.js';
import { PinPad, pinKeys } from '../../components/PinPad.js';
import { Sheet } from '../../components/Sheet.js';
import { text } from '../../messages/i18n.js';
import { announcer } from '../../state/announce.js';
import { useApp, useSession } from '../../state/app.js';

/** The one extension of an access, by a fresh PIN. It sends itself when the PIN is there. */
export function ExtendSheet({ accessId, onDone }: { readonly accessId: string; readonly onDone: () => void }) {
  const session = useSession();
  const { status } = useApp();
  const [pin, setPin] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<NoticeModel | undefined>(undefined);
  const terms = status?.breakGlass;
  const digits = terms?.pinDigits ?? 0;
  const minutes = terms?.extensionMinutes ?? '';

  const extend = async (entered: string): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      await session.extend(accessId, entered);
      announcer.say(text('extend.done', { minutes }), 'assertive');
      onDone();
    } catch (error) {
      setPin('');
      setBusy(false);
      setProblem(noticeOf(error));
    }
  };
  const enter = (next: string): void => {
    if (busy) return;
    setPin(next);
    if (digits > 0 && next.length === digits) void extend(next);
  };
  return (
    <Sheet
      title={text('extend.title', { minutes })}
      onClose={onDone}
      aside={
        <span className="who" role="status">
          {busy ? text('pin.checking') : status?.person?.displayName}
        </span>
      }
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: digits typed on a keyboard count anywhere in the sheet. */}
      <div className="two" onKeyDown={pinKeys(pin, digits, enter)}>
        <div className="left">
          <p>{text('extend.body')}</p>
          {problem ? <Notice notice={problem} live /> : null}
          <div className="sheet-actions">
            <Button onPress={onDone} disabled={busy} autoFocus>
              {text('action.cancel')}
            </Button>
          </div>
        </div>
        <div className="right">
          <PinPad value={pin} digits={digits} onChange={enter} label={text('pin.label')} disabled={busy} />
        </div>
      </div>
    </Sheet>
  );
}
