import type { FirstSecret, Known, Role } from '@onebox/gateway/api.js';
import { useRef, useState } from 'react';
import { Button } from '../components/Button.js';
import { Calibrator } from '../components/Calibrator.js';
import { Choice } from '../components/Choice.js';
import { Notice, type NoticeModel } from '../components/Notice.js';
import { noticeOf } from '../components/notice-of.js';
import { Screen } from '../components/Screen.js';
import { text } from '../messages/i18n.js';
import { useApp, useSession } from '../state/app.js';
import { pxPerMm, saveScale } from '../state/scale.js';
import { type CodeOffer, CodeStep } from './first-run/CodeStep.js';
import { type PersonDraft, PersonStep } from './first-run/PersonStep.js';
import { RadiosStep } from './first-run/RadiosStep.js';
import { SecretStep } from './first-run/SecretStep.js';
import { WordsStep } from './first-run/WordsStep.js';

const ALL_STEPS = ['language', 'size', 'person', 'pin', 'words', 'code', 'radios'] as const;
type Step = (typeof ALL_STEPS)[number];

const TITLES: Readonly<Record<Step, string>> = {
  language: 'setup.language',
  size: 'setup.size',
  person: 'setup.person',
  pin: 'setup.pin',
  words: 'setup.words',
  code: 'setup.code',
  radios: 'setup.radios',
};

/**
 * First run: language, screen size, first person with PIN, recovery words, second factor, radios. Nothing has a
 * default. Where only simulated devices can be read, one factor is enough.
 */
export function FirstRun() {
  const session = useSession();
  const [step, setStep] = useState<Step>('language');
  const [person, setPerson] = useState<PersonDraft>({ name: '', role: null });
  const [missing, setMissing] = useState(false);
  const [words, setWords] = useState<readonly string[]>([]);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<NoticeModel | undefined>(undefined);
  const [offer, setOffer] = useState<CodeOffer | undefined>(undefined);
  const [confirmed, setConfirmed] = useState(false);
  const practice = useApp().status?.practice ?? false;
  const STEPS = ALL_STEPS.filter((one) => one !== 'code' || !practice);
  const scale = useRef(pxPerMm());
  const number = STEPS.indexOf(step) + 1;
  const go = (by: 1 | -1): void => setStep(STEPS[number - 1 + by] ?? step);

  const next = (): void => {
    if (step === 'size') saveScale(scale.current);
    if (step === 'person') {
      const complete = person.name.trim() !== '' && person.role !== null;
      setMissing(!complete);
      if (!complete) return;
    }
    if (step === 'radios') return void session.finishSetup();
    setProblem(undefined);
    go(1);
  };
  const enrol = async (secret: FirstSecret): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      setWords(await session.enrol(person.name.trim(), person.role as Role, secret));
      // The secret is forgotten here: what the app needs is asked for while it is still fresh.
      if (!practice) setOffer(await session.offerFactor('one-time-code', knownOf(secret)).catch(() => undefined));
      setStep('words');
    } catch (error) {
      setProblem(noticeOf(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Screen
      title={text('setup.title')}
      heading={
        <>
          {text('setup.title')}{' '}
          <span className="step">{text('setup.step', { step: number, count: STEPS.length })}</span>
        </>
      }
      actions={
        <>
          {step === 'size' || step === 'person' || step === 'pin' ? (
            <Button onPress={() => go(-1)} disabled={busy}>
              {text('action.back')}
            </Button>
          ) : null}
          {step === 'size' ? <Button onPress={() => go(1)}>{text('setup.size.skip')}</Button> : null}
          {step === 'code' && !confirmed ? <Button onPress={() => go(1)}>{text('setup.code.skip')}</Button> : null}
          {step === 'pin' || (step === 'code' && !confirmed) ? null : (
            <Button kind="pri" onPress={next}>
              {text(step === 'words' ? 'setup.words.done' : step === 'radios' ? 'setup.finish' : 'action.next')}
            </Button>
          )}
        </>
      }
    >
      <div className={`setup ${step}`}>
        <h2>{text(TITLES[step])}</h2>
        {problem ? <Notice notice={problem} live /> : null}
        {step === 'language' ? (
          <>
            <p>{text('setup.language.body')}</p>
            <Choice
              label={text('setup.language')}
              hideLabel
              options={[{ id: 'en', text: text('setup.language.en') }]}
              value="en"
              onChange={() => undefined}
            />
          </>
        ) : null}
        {step === 'size' ? (
          <>
            <p>{text('setup.size.body')}</p>
            <Calibrator
              onChange={(value) => {
                scale.current = value;
              }}
            />
          </>
        ) : null}
        {step === 'person' ? <PersonStep person={person} onChange={setPerson} missing={missing} /> : null}
        {step === 'pin' ? <SecretStep busy={busy} onDone={(secret) => void enrol(secret)} /> : null}
        {step === 'words' ? <WordsStep words={words} /> : null}
        {step === 'code' ? (
          <CodeStep
            offer={offer}
            confirmed={confirmed}
            confirm={async (code) => {
              await session.addFactor({ kind: 'one-time-code', code });
              setConfirmed(true);
            }}
          />
        ) : null}
        {step === 'radios' ? <RadiosStep /> : null}
      </div>
    </Screen>
  );
}

/** A secret that was just chosen, as it is shown. */
const knownOf = (secret: FirstSecret): Known =>
  'pin' in secret ? { kind: 'pin', pin: secret.pin } : { kind: 'passphrase', passphrase: secret.passphrase };
