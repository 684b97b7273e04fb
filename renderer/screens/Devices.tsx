import type { DeviceRow } from '@onebox/gateway/api.js';
import { useEffect, useRef, useState } from 'react';
import { Button, IconButton } from '../components/Button.js';
import { className, DeviceList } from '../components/DeviceList.js';
import { errorNotice, NoticeLine, type NoticeModel, RANK } from '../components/Notice.js';
import { NoticesButton } from '../components/NoticesButton.js';
import { OpenFile } from '../components/OpenFile.js';
import { Screen } from '../components/Screen.js';
import { clockText, countdownText } from '../format/time.js';
import { text } from '../messages/i18n.js';
import { announcer } from '../state/announce.js';
import { useApp, useSession } from '../state/app.js';
import { useWords } from '../state/clock.js';
import { useSteadyRows } from '../state/steady.js';

/** After this long without a device the list says what to try. */
const EMPTY_MS = 15_000;
const ANNOUNCE_MS = 5_000;
const NONE: readonly DeviceRow[] = [];

/** New devices are announced, at most one in five seconds. */
function useNewDevices(): void {
  const { devices } = useApp();
  const known = useRef(new Set<string>());
  const last = useRef(0);
  useEffect(() => {
    for (const device of devices?.devices ?? []) {
      if (known.current.has(device.id)) continue;
      known.current.add(device.id);
      if (Date.now() - last.current < ANNOUNCE_MS) continue;
      last.current = Date.now();
      announcer.say(
        text('devices.new', { class: className(device), match: text(`match.${device.match}`).toLowerCase() }),
      );
    }
  }, [devices]);
}

function useNotices(): readonly NoticeModel[] {
  const { status, devices, faults } = useApp();
  const words = useWords();
  const notices = [...faults, ...(devices?.faults ?? [])].map(errorNotice);
  if (status?.audit.error) notices.push(errorNotice(status.audit.error));
  if (status?.magnetUntil !== undefined && status.magnetUntil > words.now)
    notices.push({
      key: 'magnet',
      rank: RANK.critical,
      severity: 'check',
      title: text('devices.magnet', { time: clockText(status.magnetUntil, words) }),
      body: text('closed.magnet.left', { span: countdownText(status.magnetUntil - words.now) }),
    });
  return notices;
}

/** The devices around the tablet. One touch on a row opens the break-glass sheet. */
export function Devices() {
  const session = useSession();
  const { status, devices, access } = useApp();
  const words = useWords();
  const [opened] = useState(words.now);
  const [selectedId, setSelectedId] = useState<string | undefined>(undefined);
  useNewDevices();
  const notices = useNotices();
  const rows = useSteadyRows(devices?.devices ?? NONE);
  const selected = rows.find((row) => row.id === selectedId);
  const openAccess = access?.state === 'open' ? access : undefined;
  const usable = (transport: 'ble' | 'serial'): string => {
    const found = status?.preflight.filter((row) => row.transport === transport) ?? [];
    return `${text(`preflight.${transport}`)} ${text(found.some((row) => row.usable) ? 'preflight.ready' : found.length > 0 ? 'preflight.fault' : 'preflight.none')}`;
  };
  const summary = [
    text(devices?.scanning ? 'devices.scanning' : 'devices.paused'),
    text('devices.count', { count: rows.length, readable: rows.filter((row) => row.readable).length }),
    devices && devices.hidden > 0 ? text('devices.hidden', { count: devices.hidden }) : '',
  ];
  const empty =
    words.now - opened > EMPTY_MS ? `${text('devices.empty')}. ${text('devices.empty.body')}` : text('devices.wait');

  return (
    <Screen
      title={text('devices.title')}
      chips={`${usable('ble')} · ${usable('serial')}`}
      tools={
        <>
          {notices.length > 1 ? <NoticesButton notices={notices} /> : null}
          <IconButton icon="lock" label={text('action.lock')} onPress={() => void session.lock()} />
        </>
      }
      className="devices-screen"
      actions={
        <>
          <Button onPress={() => void session.scan()}>{text('action.rescan')}</Button>
          {status?.practice ? null : <OpenFile />}
          {status?.person?.role === 'privacy-officer' ? (
            <Button onPress={() => void session.showReviews()}>{text('review.title')}</Button>
          ) : null}
          {openAccess ? (
            <Button
              onPress={() => void session.showAccess(openAccess.accessId)}
              name={`${text('devices.openCard')}. ${text('devices.open', { class: text(`class.${openAccess.deviceClass}`) })}`}
            >
              {text('devices.openCard')}
            </Button>
          ) : null}
          <Button
            kind="pri"
            className={selected ? '' : 'empty-choice'}
            onPress={() => (selected ? session.choose(selected) : announcer.say(text('devices.select'), 'assertive'))}
          >
            {selected
              ? text(selected.readable ? 'devices.read' : 'devices.what', { class: className(selected) })
              : text('devices.select')}
          </Button>
        </>
      }
    >
      {notices.length > 0 ? (
        <NoticeLine notices={notices} />
      ) : (
        <p className="summary">{summary.filter(Boolean).join(' · ')}</p>
      )}
      <DeviceList
        devices={rows}
        empty={empty}
        onFocus={setSelectedId}
        onOpen={(device) => {
          setSelectedId(device.id);
          session.choose(device);
        }}
      />
    </Screen>
  );
}
