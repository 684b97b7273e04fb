import { useState } from 'react';
import { Choice } from '../components/Choice.js';
import { errorWords, Notice, type NoticeModel } from '../components/Notice.js';
import { noticeOf } from '../components/notice-of.js';
import { PinPad, pinKeys } from '../components/PinPad.js';
import { Screen } from '../components/Screen.js';
import { text } from '../messages/i18n.js';
import { useApp, useSession } from '../state/app.js';

/** Choose a person, enter the PIN. */
export function Lock() {
  const session = useSession();
  const { status } = useApp();
  const people = status?.people ?? [];
  const digits = status?.breakGlass.pinDigits ?? 0;
  const [chosen, setChosen] = useState<string | null>(people.length === 1 ? (people[0]?.id ?? null) : null);
  const [pin, setPin] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<NoticeModel | undefined>(undefined);
  const person = people.find(({ id }) => id === chosen);
  const unusable = (status?.preflight.length ?? 0) > 0 && status?.preflight.every((row) => !row.usable);
  const fault = unusable ? status?.preflight.find((row) => row.error)?.error : undefined;

  const tryPin = async (personId: string, entered: string): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      await session.unlock(personId, entered);
    } catch (error) {
      setProblem(noticeOf(error));
    } finally {
      setPin('');
      setBusy(false);
    }
  };
  const enter = (next: string): void => {
    if (busy) return;
    setPin(next);
    if (next.length === digits && chosen) void tryPin(chosen, next);
  };
  const choose = (id: string): void => {
    setChosen(id);
    setProblem(undefined);
    if (pin.length === digits) void tryPin(id, pin);
  };

  return (
    <Screen title={text('lock.title')} className="lock">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: digits typed on a keyboard count anywhere on this screen. */}
      <div className="two" onKeyDown={pinKeys(pin, digits, enter)}>
        <div className="left">
          <p>{text('lock.body')}</p>
          {problem ? <Notice notice={problem} live /> : null}
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
        </div>
        <div className="right">
          <p className="pin-prompt">
            {busy
              ? text('pin.checking')
              : person
                ? text('lock.pin', { name: person.displayName })
                : text('lock.choose')}
          </p>
          <PinPad value={pin} digits={digits} onChange={enter} label={text('pin.label')} disabled={busy} />
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
