import type { Factor } from '@onebox/gateway/api.js';
import { useState } from 'react';
import { useApp } from '../state/app.js';
import { type Digits, useDigits } from './use-digits.js';

/** What a person enters to prove who he or she is, in the order to offer. */
const WAYS = ['pin', 'passphrase', 'smart-card'] as const;
export type ProofWay = (typeof WAYS)[number];
/** They open the keys of a locked tablet. */
export const KNOWN_WAYS = ['pin', 'passphrase'] as const satisfies readonly ProofWay[];

/** The shortest PIN that cards have. */
const CARD_PIN = 4;

export interface Proof<K extends ProofWay = ProofWay> {
  /** Those that this person has enrolled and this tablet can take. */
  readonly ways: readonly K[];
  readonly way: K;
  readonly choose: (way: K) => void;
  readonly pin: Digits;
  /** Passphrase, or PIN of the card. */
  readonly typed: string;
  readonly type: (text: string) => void;
  /** What was entered, as soon as it is whole. */
  readonly factor: Extract<Factor, { readonly kind: K }> | undefined;
  readonly clear: () => void;
}

/**
 * One person's proof, entered by hand: the PIN, a passphrase, or the smart card with its own PIN. `full` is told of a
 * PIN with its last digit; what is typed waits for a button. Before the person is known it is the PIN.
 */
export function useProof<K extends ProofWay = ProofWay>(
  personId: string | undefined,
  busy: boolean,
  full: (factor: Extract<Factor, { readonly kind: 'pin' }>) => void,
  offered: readonly K[] = WAYS as readonly ProofWay[] as readonly K[],
): Proof<K> {
  const { status } = useApp();
  const [chosen, choose] = useState<K | undefined>(undefined);
  const [typed, type] = useState('');
  const pin = useDigits(status?.breakGlass.pinDigits ?? 0, busy, (entered) => full({ kind: 'pin', pin: entered }));
  const kinds = status?.factors.find((one) => one.personId === personId)?.kinds ?? [];
  const ways = offered.filter(
    (way) => (kinds as readonly string[]).includes(way) && (way !== 'smart-card' || status?.smartCards === true),
  );
  const way = ways.find((one) => one === chosen) ?? ways[0] ?? ('pin' as K);
  const clear = (): void => {
    pin.clear();
    type('');
  };
  return {
    ways,
    way,
    choose: (next) => {
      clear();
      choose(next);
    },
    pin,
    typed,
    type,
    factor: factorOf(way, pin, typed) as Extract<Factor, { readonly kind: K }> | undefined,
    clear,
  };
}

function factorOf(way: ProofWay, pin: Digits, typed: string): Factor | undefined {
  if (way === 'pin')
    return pin.digits > 0 && pin.value.length === pin.digits ? { kind: way, pin: pin.value } : undefined;
  if (way === 'passphrase') return typed === '' ? undefined : { kind: way, passphrase: typed };
  return typed.length < CARD_PIN ? undefined : { kind: way, cardPin: typed };
}
