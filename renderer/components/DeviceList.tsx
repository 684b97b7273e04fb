import type { DeviceRow } from '@onebox/gateway/api.js';
import { type FocusEvent, useRef } from 'react';
import { GridList, GridListItem } from 'react-aria-components';
import { hasText, text } from '../messages/i18n.js';
import { useNow } from '../state/clock.js';
import { Icon, SignalBars } from './Icon.js';
import { PageKeys } from './PageKeys.js';

const BARS = { strong: 4, medium: 3, weak: 2, 'very-weak': 1 } as const;
const UNHEARD_MS = 10_000;

/** A radio that has fallen silent; a cable says nothing until it is asked. */
export const isUnheard = ({ transport, lastHeard }: DeviceRow, now: number): boolean =>
  transport === 'ble' && now - lastHeard > UNHEARD_MS;

export const classText = (deviceClass: string): string =>
  text(hasText(`class.${deviceClass}`) ? `class.${deviceClass}` : 'class.generic');

/** `Insulin pump`; what no driver knows is an unknown device, not a class. */
export function className(device: Pick<DeviceRow, 'deviceClass' | 'readable'>): string {
  const known = device.deviceClass !== 'generic' && hasText(`class.${device.deviceClass}`);
  if (!device.readable && !known) return text('class.unreadable');
  return classText(device.deviceClass);
}

export const companyText = (companyId: number): string => `0x${companyId.toString(16).toUpperCase().padStart(4, '0')}`;

/** The device's own name and the end of its serial number, as advertised. */
function deviceName(device: DeviceRow): string {
  const parts = [
    device.name ?? text('device.noName'),
    device.serialTail ? text('device.tail', { tail: device.serialTail }) : '',
  ];
  if (!device.name && device.companyId !== undefined)
    parts.push(`· ${text('device.company', { company: companyText(device.companyId) })}`);
  return parts.filter(Boolean).join(' ');
}

function signalText(device: DeviceRow): string {
  if (device.transport === 'serial') return text('signal.cable', { port: device.port?.replace(/^.*[\\/]/, '') ?? '' });
  if (device.transport === 'file') return text('signal.file');
  return text(device.signal ? `signal.${device.signal}` : 'signal.none');
}

function driverText(device: DeviceRow): string {
  const [driver] = device.drivers;
  const equal = device.drivers.filter((other) => other.score === driver?.score);
  if (!driver) return text('device.noDriver');
  if (device.needsMaker) return text('device.needsMaker');
  return equal.length > 1
    ? text('device.drivers', { count: equal.length })
    : text('device.driver', { version: driver.version });
}

function Row({ device }: { readonly device: DeviceRow }) {
  const now = useNow();
  const readable = text(device.readable ? 'device.readable' : 'device.notReadable');
  return (
    <GridListItem
      id={device.id}
      className="device-row"
      textValue={text('device.row', {
        class: className(device),
        name: deviceName(device),
        match: text(`match.${device.match}`).toLowerCase(),
        signal: signalText(device),
        driver: driverText(device),
        readable,
      })}
    >
      <div className="device-what">
        <b>{className(device)}</b>
        <bdi dir="ltr">{deviceName(device)}</bdi>
      </div>
      <div className="device-match">
        <span>
          {text('device.match')} <b>{text(`match.${device.match}`)}</b>
        </span>
        <span>
          {isUnheard(device, now) ? (
            <b>{text('device.notHeard', { seconds: Math.floor((now - device.lastHeard) / 1_000) })}</b>
          ) : (
            <>
              {device.transport === 'ble' ? <SignalBars level={device.signal ? BARS[device.signal] : 0} /> : null}{' '}
              {text('device.signal')} {signalText(device)}
            </>
          )}
        </span>
      </div>
      <div className="device-driver">
        <span>{driverText(device)}</span>
        <span>{device.readable ? readable : text('devices.what')}</span>
      </div>
      <Icon name="next" />
    </GridListItem>
  );
}

/** Devices in the order of the gateway. A touch or Enter opens; the focused row is the selected one. */
export function DeviceList({
  devices,
  onOpen,
  onFocus,
  empty,
}: {
  readonly devices: readonly DeviceRow[];
  readonly onOpen: (device: DeviceRow) => void;
  readonly onFocus: (id: string) => void;
  readonly empty: string;
}) {
  const frame = useRef<HTMLDivElement>(null);
  const followFocus = (event: FocusEvent): void => {
    const key = (event.target as HTMLElement).closest('[data-key]')?.getAttribute('data-key');
    if (key) onFocus(key);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only listens to where the focus of the list goes.
    <div ref={frame} className="devices-frame" onFocus={followFocus}>
      <GridList
        aria-label={text('devices.title')}
        className="devices"
        items={devices}
        renderEmptyState={() => <p className="empty">{empty}</p>}
        onAction={(key) => {
          const device = devices.find((row) => row.id === key);
          if (device) onOpen(device);
        }}
      >
        {(device) => <Row device={device} />}
      </GridList>
      <PageKeys of={frame} selector=".devices" />
    </div>
  );
}
