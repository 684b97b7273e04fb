import type { FirstSecret, Role } from '@onebox/gateway/api.js';
import { useState } from 'react';
import { text } from '../messages/i18n.js';
import { type CodeOffer, CodeStep } from '../screens/first-run/CodeStep.js';
import { type PersonDraft, PersonStep } from '../screens/first-run/PersonStep.js';
import { SecretStep } from '../screens/first-run/SecretStep.js';
import { canAskKeys } from '../security-key/ask.js';
import { useApp, useSession } from '../state/app.js';
import { AddBadge } from './AddBadge.js';
import { AddCard } from './AddCard.js';
import { AddKey } from './AddKey.js';
import { AddPassphrase } from './AddPassphrase.js';
import { Button } from './Button.js';
import { FreshFactor } from './FreshFactor.js';
import { Notice, type NoticeModel } from './Notice.js';
import { noticeOf } from './notice-of.js';
import { Sheet } from './Sheet.js';

type Task = 'app' | 'passphrase' | 'key' | 'card' | 'badge' | 'person' | 'codes';

/** Who is enrolled, with what; one more person, a factor of one's own, a list for the dispatcher. */
export function PeopleSheet({ onClose }: { readonly onClose: () => void }) {
  const { status } = useApp();
  const [task, setTask] = useState<Task | undefined>(undefined);
  const tasks: readonly Task[] = [
    'app',
    'passphrase',
    ...(canAskKeys() ? ['key' as const] : []),
    ...(status?.smartCards === true ? ['card' as const] : []),
    ...(status?.badgeReader === undefined ? [] : ['badge' as const]),
    'person',
    ...(status?.person?.role === 'device-manager' ? ['codes' as const] : []),
  ];
  const kindsOf = (id: string): string =>
    (status?.factors.find(({ personId }) => personId === id)?.kinds ?? [])
      .map((kind) => text(`factor.${kind}`))
      .join(', ');
  return (
    <Sheet title={text('people.title')} onClose={onClose}>
      {task === undefined ? (
        <ul className="checks">
          {(status?.people ?? []).map(({ id, displayName, role }) => (
            <li key={id}>
              <div>
                <b>{displayName}</b> <span>{text(`role.${role}`)}</span>
                <span className="secondary">{kindsOf(id)}</span>
              </div>
            </li>
          ))}
        </ul>
      ) : null}
      {task === 'app' ? <AddApp /> : null}
      {task === 'passphrase' ? <AddPassphrase /> : null}
      {task === 'key' ? <AddKey /> : null}
      {task === 'card' ? <AddCard /> : null}
      {task === 'badge' ? <AddBadge /> : null}
      {task === 'person' ? <AddPerson /> : null}
      {task === 'codes' ? <MakeCodes /> : null}
      <div className="sheet-actions rows">
        {task === undefined ? (
          tasks.map((one) => (
            <Button key={one} onPress={() => setTask(one)}>
              {text(`people.${one}`)}
            </Button>
          ))
        ) : (
          <Button onPress={() => setTask(undefined)}>{text('action.back')}</Button>
        )}
        <Button onPress={onClose}>{text('action.close')}</Button>
      </div>
    </Sheet>
  );
}

function AddApp() {
  const session = useSession();
  const [offer, setOffer] = useState<CodeOffer | undefined>(undefined);
  const [confirmed, setConfirmed] = useState(false);
  if (!offer)
    return <FreshFactor use={async (factor) => setOffer(await session.offerFactor('one-time-code', factor))} />;
  return (
    <CodeStep
      offer={offer}
      confirmed={confirmed}
      confirm={async (code) => {
        await session.addFactor({ kind: 'one-time-code', code });
        setConfirmed(true);
      }}
    />
  );
}

function AddPerson() {
  const session = useSession();
  const [person, setPerson] = useState<PersonDraft>({ name: '', role: null });
  const [missing, setMissing] = useState(false);
  const [named, setNamed] = useState(false);
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState(false);
  const [problem, setProblem] = useState<NoticeModel | undefined>(undefined);
  const next = (): void => {
    const complete = person.name.trim() !== '' && person.role !== null;
    setMissing(!complete);
    setNamed(complete);
  };
  const enrol = async (secret: FirstSecret): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      await session.enrol(person.name.trim(), person.role as Role, secret);
      setDone(true);
    } catch (error) {
      setProblem(noticeOf(error));
      setNamed(false);
    } finally {
      setBusy(false);
    }
  };
  if (done) return <p role="status">{text('people.person.done', { name: person.name.trim() })}</p>;
  return (
    <div className="setup">
      {problem ? <Notice notice={problem} live /> : null}
      {named ? (
        <SecretStep busy={busy} onDone={(secret) => void enrol(secret)} />
      ) : (
        <>
          <PersonStep person={person} onChange={setPerson} missing={missing} />
          <Button onPress={next}>{text('action.next')}</Button>
        </>
      )}
    </div>
  );
}

function MakeCodes() {
  const session = useSession();
  const [codes, setCodes] = useState<readonly string[] | undefined>(undefined);
  if (!codes)
    return (
      <FreshFactor use={async (factor) => setCodes((await session.api.call('dispatcherCodes', { factor })).codes)} />
    );
  return (
    <>
      <p>{text('people.codes.body')}</p>
      <ol className="recovery" aria-label={text('people.codes')}>
        {codes.map((code) => (
          <li key={code}>
            {code.slice(0, 4)} {code.slice(4)}
          </li>
        ))}
      </ol>
    </>
  );
}
