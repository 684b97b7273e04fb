import type { DeviceRow, DriverSummary, Factor, Reason } from '@onebox/gateway/api.js';
import { useState } from 'react';
import { Button } from '../components/Button.js';
import { Choice } from '../components/Choice.js';
import { className, classText } from '../components/DeviceList.js';
import { HoldButton } from '../components/HoldButton.js';
import { Notice, type NoticeModel } from '../components/Notice.js';
import { noticeOf } from '../components/notice-of.js';
import { ProofEntry, ProofWays } from '../components/ProofEntry.js';
import { SeverityTag } from '../components/SeverityTag.js';
import { Sheet } from '../components/Sheet.js';
import { TouchKey } from '../components/TouchKey.js';
import { useNarrow } from '../components/use-narrow.js';
import { useProof } from '../components/use-proof.js';
import { waitText } from '../format/time.js';
import { humanised, text } from '../messages/i18n.js';
import { announcer } from '../state/announce.js';
import { useApp, useSession } from '../state/app.js';
import { wordsNow } from '../state/clock.js';
import { useAlike, WhichDevice } from './WhichDevice.js';

const CARDIAC = new Set(['pacemaker', 'icd', 'crt-p', 'crt-d']);

/** The drivers among which the user must choose: those that fit best, when there are several. */
function equals(device: DeviceRow): readonly DriverSummary[] {
  const best = device.drivers.filter((driver) => driver.score === device.drivers[0]?.score);
  return best.length > 1 ? best : [];
}

/** What a magnet does, from the facts of the driver; without facts the general caution. Cardiac devices only. */
function magnetCaution(device: DeviceRow, driver: DriverSummary | undefined): string | undefined {
  const magnet = driver?.magnet;
  if (!magnet && !CARDIAC.has(device.deviceClass)) return undefined;
  if (!magnet || magnet.duringRead === 'unknown') return text('glass.magnet.unknown');
  return text(`glass.magnet.${magnet.duringRead}`, { span: waitText(magnet.afterReadSeconds * 1_000, wordsNow()) });
}

/** Which of several first, where there are some; then the glass. */
export function BreakGlass({ device }: { readonly device: DeviceRow }) {
  const session = useSession();
  const count = useAlike(device);
  const [said, setSaid] = useState<{ readonly serialEnd?: string } | undefined>(count > 1 ? undefined : {});
  return said === undefined ? (
    <WhichDevice
      device={device}
      count={count}
      onSaid={(serialEnd) => setSaid({ serialEnd })}
      onUnmatched={() => setSaid({})}
      onCancel={() => void session.cancelAsking()}
    />
  ) : (
    <Glass device={device} {...said} />
  );
}

/**
 * One sheet: why, and the PIN beside it, or after it where there is no room. It sends itself when both are there; a
 * passphrase or a card has a button, and an override of one's role needs a second of holding besides.
 */
function Glass({ device, serialEnd }: { readonly device: DeviceRow; readonly serialEnd?: string }) {
  const session = useSession();
  const { status } = useApp();
  const [reason, setReason] = useState<Reason | null>(null);
  const [driverId, setDriverId] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const narrow = useNarrow();
  const [proving, setProving] = useState(false);
  const [problem, setProblem] = useState<NoticeModel | undefined>(undefined);
  const drivers = equals(device);
  const driver = drivers.length > 0 ? drivers.find(({ id }) => id === driverId) : device.drivers[0];
  const override = status?.override === true;
  const caution = magnetCaution(device, driver);
  const terms = status?.breakGlass;
  const proof = useProof(status?.person?.id, busy, (factor) => send(reason, factor, driverId));
  const full = proof.factor !== undefined;

  const open = async (why: Reason, factor: Factor, chosen: string | undefined): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      await session.breakGlass(device, why, factor, { driverId: chosen, override, serialEnd });
    } catch (error) {
      proof.clear();
      setBusy(false);
      setProblem(noticeOf(error));
    }
  };
  /** A PIN that was there before. */
  const tryWith = (why: Reason | null, chosen: string | null): void => {
    if (proof.factor?.kind === 'pin') send(why, proof.factor, chosen);
  };
  const send = (why: Reason | null, factor: Factor, chosen: string | null): void => {
    if (busy) return;
    if (why === null) announcer.say(text('glass.reasonMissing'), 'assertive');
    else if (drivers.length > 0 && chosen === null) announcer.say(text('glass.driverMissing'), 'assertive');
    else if (!override) void open(why, factor, drivers.length > 0 ? (chosen ?? undefined) : undefined);
  };
  const decided = reason !== null && (drivers.length === 0 || driverId !== null);
  const ready = decided && full;
  const held = (): void => {
    if (!ready || busy || proof.factor === undefined) return;
    void open(reason, proof.factor, drivers.length > 0 ? (driverId ?? undefined) : undefined);
  };
  const cancel = (): void => void session.cancelAsking();
  const name = [className(device), device.serialTail ? text('device.tail', { tail: device.serialTail }) : '']
    .filter(Boolean)
    .join(' ');

  const actions = (
    <div className="sheet-actions">
      <Button onPress={cancel} disabled={busy}>
        {text('action.cancel')}
      </Button>
      {narrow ? (
        <Button onPress={() => setProving(false)} disabled={busy}>
          {text('action.back')}
        </Button>
      ) : null}
      <ProofWays proof={proof} busy={busy} />
      {/* An override is held for a second, which a touch of a key is not. */}
      {override ? null : (
        <TouchKey
          personId={status?.person?.id ?? ''}
          disabled={busy || !decided}
          show={(factor) => send(reason, factor, driverId)}
          failed={setProblem}
        />
      )}
      {override ? (
        <HoldButton onHeld={held} disabled={!ready || busy}>
          {text('glass.override.hold')}
        </HoldButton>
      ) : null}
    </div>
  );

  const next = (
    <div className="sheet-actions">
      <Button onPress={cancel} disabled={busy}>
        {text('action.cancel')}
      </Button>
      <Button kind="pri" onPress={() => setProving(true)} disabled={busy || !decided}>
        {text('action.next')}
      </Button>
    </div>
  );
  const failed = problem ? <Notice notice={problem} live /> : null;

  return (
    <Sheet
      title={text(override ? 'glass.override.title' : 'glass.title', { device: name })}
      className={override ? 'override' : ''}
      onClose={cancel}
      aside={
        <span className="who" role="status">
          {busy ? text('glass.opening') : status?.person?.displayName}
        </span>
      }
    >
      <p className="glass-body">
        {text(override ? 'glass.override.body' : 'glass.body', { minutes: terms?.minutes ?? '' })}
      </p>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: digits typed on a keyboard count anywhere in the sheet. */}
      <div className={narrow ? 'two steps' : 'two'} onKeyDown={proof.pin.keys}>
        {narrow && proving ? null : (
          <div className="left">
            {drivers.length > 0 ? (
              <Choice
                label={text('glass.driver')}
                {...(full && driverId === null ? { error: text('glass.driverMissing') } : {})}
                options={drivers.map((one) => ({
                  id: one.id,
                  text: <DriverOption driver={one} />,
                }))}
                value={driverId}
                onChange={(id) => {
                  setDriverId(id);
                  tryWith(reason, id);
                }}
              />
            ) : null}
            <Choice
              label={text('glass.why')}
              {...(full && reason === null ? { error: text('glass.reasonMissing') } : {})}
              options={(terms?.reasons ?? []).map((one) => ({ id: one, text: text(`reason.${one}`) }))}
              value={reason}
              onChange={(why) => {
                setReason(why);
                tryWith(why, driverId);
              }}
              autoFocus
            />
            {failed ??
              (caution ? (
                <div className="notice check caution">
                  <SeverityTag severity="check" />
                  <p>{caution}</p>
                </div>
              ) : null)}
            {/* Out of the way: under the reasons, or under the pad when the drivers take its place. */}
            {narrow ? next : drivers.length > 0 ? null : actions}
          </div>
        )}
        {narrow && !proving ? null : (
          <div className="right">
            {narrow ? (
              <>
                {reason === null ? null : (
                  <p>
                    <b>{text(`reason.${reason}`)}</b>
                  </p>
                )}
                {failed}
              </>
            ) : null}
            <ProofEntry
              proof={proof}
              label={text('pin.label')}
              busy={busy}
              {...(override ? {} : { send: () => proof.factor && send(reason, proof.factor, driverId) })}
              action={text('glass.open')}
            />
            {narrow || drivers.length > 0 ? actions : null}
          </div>
        )}
      </div>
    </Sheet>
  );
}

/** More classes than these say nothing that can be read in a hurry. */
const FEW_CLASSES = 3;

/** What a driver takes the device for; where that shows only in the read, what it can read. */
function readsText({ deviceClass, deviceClasses }: DriverSummary): string {
  const classes = deviceClasses.filter((one) => one !== 'generic');
  return deviceClass === 'generic' && classes.length > 0
    ? `${classes.slice(0, FEW_CLASSES).map(classText).join(', ')}${classes.length > FEW_CLASSES ? ' …' : ''}`
    : classText(deviceClass);
}

/** What the driver takes the device for, who made it, and why it fits. */
function DriverOption({ driver }: { readonly driver: DriverSummary }) {
  const why = driver.why.map(({ id, params }) => text(id, params)).join(', ');
  return (
    <>
      {text('glass.driver.option', { class: readsText(driver), vendor: driver.vendor })}
      <span className="secondary line">
        {text('glass.driver.why', { name: humanised(driver.id), version: driver.version, why })}
      </span>
    </>
  );
}
