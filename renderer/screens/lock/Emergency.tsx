import type { IdentityRow, Reason } from '@onebox/gateway/api.js';
import { useEffect, useState } from 'react';
import { Button } from '../../components/Button.js';
import { Choice } from '../../components/Choice.js';
import { classText, companyText } from '../../components/DeviceList.js';
import { Notice, type NoticeModel } from '../../components/Notice.js';
import { noticeOf } from '../../components/notice-of.js';
import { text } from '../../messages/i18n.js';
import { useApp, useSession } from '../../state/app.js';

/** Tier 0: why, and who stands by; then class and maker of what is around. No PIN, and nothing is sent to a device. */
export function Emergency({ back }: { readonly back: () => void }) {
  const session = useSession();
  const { status, identities } = useApp();
  const people = status?.people ?? [];
  const [reason, setReason] = useState<Reason | null>(null);
  const [witness, setWitness] = useState<string | null>(people.length === 1 ? (people[0]?.id ?? null) : null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<NoticeModel | undefined>(undefined);
  useEffect(() => () => void session.leaveEmergency(), [session]);

  const open = async (): Promise<void> => {
    if (reason === null || witness === null) return;
    setBusy(true);
    setProblem(undefined);
    try {
      await session.emergency(reason, witness);
    } catch (error) {
      setProblem(noticeOf(error));
    } finally {
      setBusy(false);
    }
  };
  const backButton = (
    <Button onPress={back} disabled={busy}>
      {text('action.back')}
    </Button>
  );

  if (identities)
    return (
      <div className="emergency">
        <p>{text('lock.emergency.shown')}</p>
        {identities.rows.length === 0 ? <p role="status">{text('devices.wait')}</p> : null}
        <ul className="checks" aria-label={text('lock.emergency.list')}>
          {identities.rows.map((row) => (
            <Identity key={row.key} row={row} />
          ))}
        </ul>
        <div className="sheet-actions">{backButton}</div>
      </div>
    );
  return (
    <div className="emergency">
      <p>{text('lock.emergency.body')}</p>
      {problem ? <Notice notice={problem} live /> : null}
      <Choice
        label={text('glass.why')}
        columns={3}
        value={reason}
        onChange={setReason}
        autoFocus
        options={(status?.breakGlass.reasons ?? []).map((one) => ({ id: one, text: text(`reason.${one}`) }))}
      />
      <Choice
        label={text('lock.emergency.witness')}
        columns={3}
        value={witness}
        onChange={setWitness}
        options={people.map(({ id, displayName }) => ({ id, text: displayName }))}
      />
      <div className="sheet-actions">
        {backButton}
        <Button kind="pri" onPress={() => void open()} disabled={busy || reason === null || witness === null}>
          {text('lock.emergency.show')}
        </Button>
      </div>
    </div>
  );
}

function Identity({ row }: { readonly row: IdentityRow }) {
  const { deviceClass, company, companyId, match, signal, driver } = row;
  const maker = company ?? (companyId === undefined ? text('lock.emergency.noMaker') : companyText(companyId));
  return (
    <li>
      <div>
        <b>{classText(deviceClass)}</b>
        <span>
          {maker} · {text(`match.${match}`)} · {text(signal ? `signal.${signal}` : 'signal.none')} ·{' '}
          {driver === undefined ? text('device.noDriver') : text('lock.emergency.readable')}
        </span>
      </div>
    </li>
  );
}
