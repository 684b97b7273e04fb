import type { Factor, Known } from '@onebox/gateway/api.js';
import { useState } from 'react';
import { Button } from '../components/Button.js';
import { Choice } from '../components/Choice.js';
import { late } from '../components/late.js';
import { errorWords, Notice, type NoticeModel } from '../components/Notice.js';
import { noticeOf } from '../components/notice-of.js';
import { ProofEntry, ProofWays } from '../components/ProofEntry.js';
import { Screen } from '../components/Screen.js';
import { KNOWN_WAYS, useProof } from '../components/use-proof.js';
import { text } from '../messages/i18n.js';
import { useApp, useSession } from '../state/app.js';

const Emergency = late(async () => (await import('./lock/Emergency.js')).Emergency);
const Recover = late(async () => (await import('./lock/Recover.js')).Recover);
const SecondFactor = late(async () => (await import('./lock/SecondFactor.js')).SecondFactor);

/** Choose a person, enter PIN or passphrase; where a shift begins, a second factor follows. */
export function Lock() {
  const session = useSession();
  const { status } = useApp();
  const people = status?.people ?? [];
  const [chosen, setChosen] = useState<string | null>(people.length === 1 ? (people[0]?.id ?? null) : null);
  // What was entered first, while the second factor is asked for.
  const [known, setKnown] = useState<Known | undefined>(undefined);
  const [way, setWay] = useState<'emergency' | 'recover' | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<NoticeModel | undefined>(undefined);
  const person = people.find(({ id }) => id === chosen);
  const unusable = (status?.preflight.length ?? 0) > 0 && status?.preflight.every((row) => !row.usable);
  const fault = unusable ? status?.preflight.find((row) => row.error)?.error : undefined;
  const factorsOf = (personId: string | null) => status?.factors.find((one) => one.personId === personId);
  const proof = useProof(
    chosen ?? undefined,
    busy,
    (shown) => {
      if (chosen) void tryWith(chosen, shown);
    },
    KNOWN_WAYS,
  );

  const tryWith = async (personId: string, shown: Known, second?: Factor): Promise<void> => {
    setProblem(undefined);
    if (!second && factorsOf(personId)?.secondNeeded) {
      proof.clear();
      setKnown(shown);
      return;
    }
    setBusy(true);
    try {
      await session.unlock(personId, shown, second);
    } catch (error) {
      setProblem(noticeOf(error));
      setKnown(undefined);
    } finally {
      proof.clear();
      setBusy(false);
    }
  };
  const choose = (id: string): void => {
    setChosen(id);
    setProblem(undefined);
    // A PIN may be there before the name; nobody's passphrase is tried as that of another.
    if (proof.factor?.kind === 'pin') void tryWith(id, proof.factor);
    else proof.type('');
  };
  const notice = problem ? <Notice notice={problem} live /> : null;

  if (known && person)
    return (
      <Screen title={text('lock.second', { name: person.displayName })} className="lock">
        <SecondFactor
          person={person}
          busy={busy}
          notice={notice}
          show={(second) => void tryWith(person.id, known, second)}
          back={() => setKnown(undefined)}
        />
      </Screen>
    );

  if (way)
    return (
      <Screen title={text(`lock.${way}`)} className="lock">
        {way === 'emergency' ? (
          <Emergency back={() => setWay(undefined)} />
        ) : (
          <Recover person={person} back={() => setWay(undefined)} />
        )}
      </Screen>
    );

  return (
    <Screen title={text('lock.title')} className="lock">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: digits typed on a keyboard count anywhere on this screen. */}
      <div className="two" onKeyDown={proof.pin.keys}>
        <div className="left">
          <p>{text('lock.body')}</p>
          {notice}
          <Choice
            label={text('lock.people')}
            columns={1}
            value={chosen}
            onChange={choose}
            autoFocus
            options={people.map((one) => ({
              id: one.id,
              text: <PersonLine name={one.displayName} role={text(`role.${one.role}`)} />,
            }))}
          />
          <p className="readiness">
            {fault
              ? text('lock.notReady', { fault: errorWords(fault).title })
              : text('lock.ready', { count: status?.drivers ?? 0 })}
          </p>
          <div className="sheet-actions">
            <Button onPress={() => setWay('emergency')} disabled={busy}>
              {text('lock.emergency')}
            </Button>
            <ProofWays proof={proof} busy={busy} />
            <Button onPress={() => setWay('recover')} disabled={busy}>
              {text('lock.recover')}
            </Button>
          </div>
        </div>
        <div className="right">
          {proof.way === 'pin' || busy ? (
            <p className="pin-prompt">
              {busy
                ? text('pin.checking')
                : person
                  ? text('lock.pin', { name: person.displayName })
                  : text('lock.choose')}
            </p>
          ) : null}
          <ProofEntry
            proof={proof}
            label={text('pin.label')}
            busy={busy}
            send={() => chosen && proof.factor && void tryWith(chosen, proof.factor)}
            action={text('lock.unlock')}
          />
        </div>
      </div>
    </Screen>
  );
}

function PersonLine({ name, role }: { readonly name: string; readonly role: string }) {
  return (
    <>
      <b>{name}</b> <span className="secondary">{role}</span>
    </>
  );
}
