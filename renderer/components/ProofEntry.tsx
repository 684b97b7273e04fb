import { text } from '../messages/i18n.js';
import { Button } from './Button.js';
import { PinPad } from './PinPad.js';
import { TextInput } from './TextInput.js';
import type { Proof, ProofWay } from './use-proof.js';

/** Where a person enters the proof: the keys of the PIN, or a field and the button that sends it. */
export function ProofEntry<K extends ProofWay>({
  proof,
  label,
  busy,
  send,
  action,
}: {
  readonly proof: Proof<K>;
  /** Of the keys; a field has its own. */
  readonly label: string;
  readonly busy: boolean;
  /** Without it something else sends what is typed. */
  readonly send?: () => void;
  /** What the button says. */
  readonly action: string;
}) {
  const { pin } = proof;
  if (proof.way === 'pin')
    return <PinPad value={pin.value} digits={pin.digits} onChange={pin.enter} label={label} disabled={busy} />;
  const isCard = proof.way === 'smart-card';
  return (
    <div className="proof-typed">
      {isCard ? <p>{text('proof.card')}</p> : null}
      <TextInput
        label={text(isCard ? 'card.pin' : 'proof.passphrase')}
        value={proof.typed}
        onChange={proof.type}
        maxLength={isCard ? 64 : 128}
        secret
        {...(send ? { onEnter: send } : {})}
      />
      {send ? (
        <Button kind="pri" onPress={send} disabled={busy || proof.factor === undefined}>
          {busy ? text('pin.checking') : action}
        </Button>
      ) : null}
    </div>
  );
}

/** The other ways that this person has here. */
export function ProofWays<K extends ProofWay>({ proof, busy }: { readonly proof: Proof<K>; readonly busy: boolean }) {
  return proof.ways
    .filter((way) => way !== proof.way)
    .map((way) => (
      <Button key={way} onPress={() => proof.choose(way)} disabled={busy}>
        {text(`proof.use.${way}`)}
      </Button>
    ));
}
