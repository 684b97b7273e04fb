import type { Factor, FactorKind, PersonSummary } from '@onebox/gateway/api.js';
import { type ReactNode, useState } from 'react';
import { Button } from '../../components/Button.js';
import { Choice } from '../../components/Choice.js';
import { Notice, type NoticeModel } from '../../components/Notice.js';
import { PinPad, pinKeys } from '../../components/PinPad.js';
import { TabletTime } from '../../components/TabletTime.js';
import { TextInput } from '../../components/TextInput.js';
import { TouchKey } from '../../components/TouchKey.js';
import { text } from '../../messages/i18n.js';
import { useApp } from '../../state/app.js';
import { wordsOf } from './words.js';

/** Ways to show a second factor, in the order of the gateway. */
const WAYS = [
  'smart-card',
  'one-time-code',
  'badge',
  'witness',
  'dispatcher-code',
  'recovery-words',
] as const satisfies readonly FactorKind[];
type Way = (typeof WAYS)[number];
const isWay = (kind: FactorKind): kind is Way => (WAYS as readonly FactorKind[]).includes(kind);

/** The second factor with which a shift begins: the person's own first, others are weaker and louder in the log. */
export function SecondFactor({
  person,
  busy,
  show,
  back,
  notice,
}: {
  readonly person: PersonSummary;
  readonly busy: boolean;
  readonly show: (second: Factor) => void;
  readonly back: () => void;
  readonly notice: ReactNode;
}) {
  const { status } = useApp();
  const kinds = status?.factors.find(({ personId }) => personId === person.id)?.kinds ?? [];
  const ways = kinds.filter(isWay);
  const [way, setWay] = useState<Way | null>(ways[0] ?? null);
  const others = (status?.people ?? []).filter(({ id }) => id !== person.id);
  const [witness, setWitness] = useState<string | null>(others.length === 1 ? (others[0]?.id ?? null) : null);
  const [entered, setEntered] = useState('');
  const [words, setWords] = useState('');
  const [untouched, setUntouched] = useState<NoticeModel | undefined>(undefined);
  const kindsOf = (id: string | null): readonly FactorKind[] =>
    status?.factors.find(({ personId }) => personId === id)?.kinds ?? [];
  // A witness who has no PIN types the passphrase.
  const types = way === 'witness' && witness !== null && !kindsOf(witness).includes('pin');
  const digits = way === 'witness' || way === null ? (status?.breakGlass.pinDigits ?? 0) : digitsOf(way);
  const isPad = way !== null && way !== 'recovery-words' && way !== 'smart-card' && way !== 'badge' && !types;

  function digitsOf(code: Way): number {
    return code === 'one-time-code' || code === 'dispatcher-code' ? (status?.codeDigits[code] ?? 0) : 0;
  }
  const tryWith = (next: string, who: string | null): void => {
    if (busy || digits === 0 || next.length < digits) return;
    const shown = shownOf(way, next, who);
    if (!shown) return;
    setEntered('');
    show(shown);
  };
  const enter = (next: string): void => {
    if (busy || !isPad) return;
    setEntered(next);
    tryWith(next, witness);
  };
  const showTyped = (): void => {
    if (way === 'badge') {
      if (!busy) show({ kind: 'badge' });
      return;
    }
    if (way === 'smart-card') {
      if (!busy && words !== '') show({ kind: 'smart-card', cardPin: words });
      setWords('');
      return;
    }
    if (types) {
      if (!busy && words !== '')
        show({ kind: 'witness', personId: witness, factor: { kind: 'passphrase', passphrase: words } });
      setWords('');
      return;
    }
    const list = wordsOf(words);
    if (!busy && list[0]) show({ kind: 'recovery-words', words: list });
  };
  const named = others.find(({ id }) => id === witness);
  const prompt =
    way === 'witness'
      ? named
        ? text('lock.second.witnessPin', { name: named.displayName })
        : text('lock.second.chooseWitness')
      : text('lock.second.enterCode');

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: digits typed on a keyboard count anywhere on this screen.
    <div className="two" onKeyDown={pinKeys(entered, digits, enter)}>
      <div className="left">
        <p>{text('lock.second.body')}</p>
        {notice ?? (untouched ? <Notice notice={untouched} live /> : null)}
        <Choice
          label={text('lock.second.how')}
          columns={1}
          value={way}
          onChange={(next) => {
            setWay(next);
            setEntered('');
            setWords('');
          }}
          autoFocus
          options={ways.map((one) => ({ id: one, text: text(`lock.second.${one}`) }))}
        />
        {way === 'witness' && others.length > 1 ? (
          <Choice
            label={text('lock.second.who')}
            columns={2}
            value={witness}
            onChange={(id) => {
              setWitness(id);
              setWords('');
              if (kindsOf(id).includes('pin')) tryWith(entered, id);
            }}
            options={others.map(({ id, displayName }) => ({ id, text: displayName }))}
          />
        ) : null}
        {way === 'one-time-code' ? (
          <TabletTime message="lock.second.time" />
        ) : way === 'smart-card' ? null : (
          <p className="secondary">{text('lock.second.loud')}</p>
        )}
        <div className="sheet-actions">
          <TouchKey personId={person.id} disabled={busy} show={show} failed={setUntouched} />
          <Button onPress={back} disabled={busy}>
            {text('action.back')}
          </Button>
        </div>
      </div>
      <div className="right">
        {isPad ? (
          <>
            <p className="pin-prompt">{busy ? text('pin.checking') : prompt}</p>
            <PinPad value={entered} digits={digits} onChange={enter} label={prompt} disabled={busy} />
          </>
        ) : (
          <>
            {way === 'badge' ? (
              <p className="pin-prompt" role="status">
                {text('badge.hold')}
              </p>
            ) : (
              <TextInput
                label={
                  types
                    ? text('lock.second.witnessPassphrase', { name: named?.displayName ?? '' })
                    : text(way === 'smart-card' ? 'card.pin' : 'lock.second.words')
                }
                value={words}
                onChange={setWords}
                maxLength={way === 'smart-card' ? 64 : types ? 128 : 300}
                secret={way === 'smart-card' || types}
                onEnter={showTyped}
              />
            )}
            <Button kind="pri" onPress={showTyped} disabled={busy}>
              {text(busy ? (way === 'badge' ? 'badge.hold' : 'pin.checking') : 'lock.unlock')}
            </Button>
          </>
        )}
      </div>
    </div>
  );
}

function shownOf(way: Way | null, entered: string, witness: string | null): Factor | undefined {
  if (way === 'one-time-code' || way === 'dispatcher-code') return { kind: way, code: entered };
  if (way === 'witness' && witness !== null)
    return { kind: 'witness', personId: witness, factor: { kind: 'pin', pin: entered } };
  return undefined;
}
