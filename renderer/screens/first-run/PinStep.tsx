import { useState } from 'react';
import { PIN_LENGTH, PinPad, pinKeys } from '../../components/PinPad.js';
import { text } from '../../messages/i18n.js';
import { announcer } from '../../state/announce.js';

/** The PIN, twice; the second must be the first. */
export function PinStep({ onDone, busy }: { readonly onDone: (pin: string) => void; readonly busy: boolean }) {
  const [first, setFirst] = useState('');
  const [pin, setPin] = useState('');
  const [differs, setDiffers] = useState(false);
  const again = first !== '';
  const enter = (next: string): void => {
    if (busy) return;
    setPin(next);
    if (next.length < PIN_LENGTH) return;
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
    <div className="pin-step" onKeyDown={pinKeys(pin, enter)}>
      <p>
        <b>
          {text(
            busy ? 'setup.enrolling' : differs ? 'setup.pin.differ' : again ? 'setup.pin.second' : 'setup.pin.first',
          )}
        </b>
      </p>
      <PinPad value={pin} onChange={enter} label={text('pin.label')} disabled={busy} />
    </div>
  );
}
