import type { FirstSecret } from '@onebox/gateway/api.js';
import { useState } from 'react';
import { Button } from '../../components/Button.js';
import { text } from '../../messages/i18n.js';
import { PassphraseStep } from './PassphraseStep.js';
import { PinStep } from './PinStep.js';

/** What a person is enrolled with: a PIN, or a passphrase instead. */
export function SecretStep({
  onDone,
  busy,
}: {
  readonly onDone: (secret: FirstSecret) => void;
  readonly busy: boolean;
}) {
  const [typing, setTyping] = useState(false);
  const other = (
    <Button onPress={() => setTyping(!typing)} disabled={busy}>
      {text(typing ? 'lock.pinInstead' : 'lock.passphrase')}
    </Button>
  );
  return typing ? (
    <PassphraseStep busy={busy} onDone={(passphrase) => onDone({ passphrase })} aside={other} />
  ) : (
    <PinStep busy={busy} onDone={(pin) => onDone({ pin })} aside={other} />
  );
}
