import type { DeviceRow } from '@onebox/gateway/api.js';
import { useState } from 'react';
import { Button } from '../components/Button.js';
import { className, isUnheard } from '../components/DeviceList.js';
import { Notice, RANK } from '../components/Notice.js';
import { SerialEndField, useSerialEnd } from '../components/SerialEnd.js';
import { Sheet } from '../components/Sheet.js';
import { text } from '../messages/i18n.js';
import { useApp } from '../state/app.js';
import { useWords } from '../state/clock.js';

/** How many devices of the class of this one are on the air, itself included, as its sheet opens. */
export function useAlike(device: DeviceRow): number {
  const { devices } = useApp();
  const { now } = useWords();
  const [count] = useState(() => {
    if (device.transport !== 'ble' || device.deviceClass === 'generic') return 1;
    const others = devices?.devices.filter(
      (other) =>
        other.id !== device.id &&
        other.transport === 'ble' &&
        other.deviceClass === device.deviceClass &&
        !isUnheard(other, now),
    );
    return 1 + (others?.length ?? 0);
  });
  return count;
}

/**
 * Asked before the glass is broken when several of a class are on the air: a signal does not say on whom it is. Who
 * cannot tell goes on, and the card says so.
 */
export function WhichDevice({
  device,
  count,
  onSaid,
  onUnmatched,
  onCancel,
}: {
  readonly device: DeviceRow;
  readonly count: number;
  readonly onSaid: (serialEnd: string) => void;
  readonly onUnmatched: () => void;
  readonly onCancel: () => void;
}) {
  const entry = useSerialEnd();
  const [refused, setRefused] = useState<string | undefined>(undefined);
  const other = entry.end !== undefined && entry.end === refused;
  const tail = device.serialTail?.toUpperCase();
  const next = (): void => {
    if (entry.end === undefined) return;
    // Some say the end of their number to everybody: then nothing of a wrong one is read.
    if (tail !== undefined && !entry.end.endsWith(tail)) setRefused(entry.end);
    else onSaid(entry.end);
  };
  return (
    <Sheet title={text('which.title', { class: className(device), count })} onClose={onCancel}>
      <p>{text('which.body')}</p>
      <SerialEndField entry={entry} onEnter={next} />
      {other ? (
        <Notice
          live
          notice={{
            key: 'which',
            rank: RANK.critical,
            severity: 'critical',
            title: text('which.other', { tail: tail ?? '' }),
            body: text('which.other.body'),
          }}
        />
      ) : null}
      <div className="sheet-actions">
        <Button onPress={onCancel}>{text('action.cancel')}</Button>
        <Button onPress={onUnmatched}>{text('which.unmatched')}</Button>
        <Button kind="pri" onPress={next} disabled={entry.end === undefined || other}>
          {text('action.next')}
        </Button>
      </div>
    </Sheet>
  );
}
