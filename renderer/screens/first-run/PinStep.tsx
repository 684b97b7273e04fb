import { type ReactNode, useState } from 'react';
import { PinPad, pinKeys } from '../../components/PinPad.js';
import { text } from '../../messages/i18n.js';
import { announcer } from '../../state/announce.js';
import { useApp } from '../../state/app.js';

/** The PIN, twice; the second must be the first. */
export function PinStep({
  onDone,
  busy,
  aside,
}: {
  readonly onDone: (pin: string) => void;
  readonly busy: boolean;
  /** Under the words. */
  readonly aside?: ReactNode;
}) {
  const digits = useApp().status?.breakGlass.pinDigits ?? 0;
  const [first, setFirst] = useState('');
  const [pin, setPin] = useState('');
  const [differs, setDiffers] = useState(false);
  const again = first !== '';
  const enter = (next: string): void => {
    if (busy) return;
    setPin(next);
    if (next.length < digits) return;
    setPin('');
    if (!again) {
      setFirst(next);
      setDiffers(false);
      announcer.say(text('setup.pin.second'));
      return;
    }
    setFirst('');
    if (next === first) {
      onDone(next);
      return;
    }
    setDiffers(true);
    announcer.say(text('setup.pin.differ'), 'assertive');
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: digits typed on a keyboard count anywhere in this step.
    <div className="pin-step" onKeyDown={pinKeys(pin, digits, enter)}>
      <div className="pin-words">
        <p>
          <b>
            {text(
              busy ? 'setup.enrolling' : differs ? 'setup.pin.differ' : again ? 'setup.pin.second' : 'setup.pin.first',
              { digits },
            )}
          </b>
        </p>
        {aside}
      </div>
      <PinPad value={pin} digits={digits} onChange={enter} label={text('pin.label')} disabled={busy} />
    </div>
  );
}
