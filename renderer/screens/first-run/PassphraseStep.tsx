import { type ReactNode, useState } from 'react';
import { Button } from '../../components/Button.js';
import { TextInput } from '../../components/TextInput.js';
import { text } from '../../messages/i18n.js';

/** A passphrase, twice; the second must be the first. What makes a good one the gateway decides. */
export function PassphraseStep({
  onDone,
  busy,
  aside,
}: {
  readonly onDone: (passphrase: string) => void;
  readonly busy: boolean;
  /** Beside the button. */
  readonly aside?: ReactNode;
}) {
  const [first, setFirst] = useState('');
  const [again, setAgain] = useState('');
  const [differs, setDiffers] = useState(false);
  const done = (): void => {
    if (busy || first === '' || again === '') return;
    setDiffers(first !== again);
    if (first === again) onDone(first);
    else setAgain('');
  };
  return (
    <div className="passphrase-step">
      <p>{text('setup.passphrase.body')}</p>
      <TextInput label={text('setup.passphrase')} value={first} onChange={setFirst} maxLength={128} secret />
      <TextInput
        label={text('setup.passphrase.again')}
        value={again}
        onChange={setAgain}
        maxLength={128}
        secret
        onEnter={done}
        {...(differs ? { error: text('setup.passphrase.differ') } : {})}
      />
      <div className="sheet-actions">
        {aside}
        <Button kind="pri" onPress={done} disabled={busy || first === '' || again === ''}>
          {text(busy ? 'pin.checking' : 'setup.passphrase.take')}
        </Button>
      </div>
    </div>
  );
}
