import type { WaitingRecord } from '@onebox/gateway/api.js';
import { useEffect, useState } from 'react';
import { clockText } from '../format/time.js';
import { text } from '../messages/i18n.js';
import { useSession } from '../state/app.js';
import { useWords } from '../state/clock.js';
import { Button } from './Button.js';
import { QrCode } from './QrCode.js';
import { Sheet } from './Sheet.js';

/** The records that the disk refuses, one code after the other. `count` changes when more come, or all are written. */
export function WaitingSheet({ count, onClose }: { readonly count: number; readonly onClose: () => void }) {
  const session = useSession();
  const words = useWords();
  const [records, setRecords] = useState<readonly WaitingRecord[]>([]);
  const [place, setPlace] = useState(0);
  useEffect(() => {
    void session.run('waitingRecords').then((given) => given && setRecords(given));
  }, [session, count]);
  const at = Math.min(place, records.length - 1);
  const record = records[at];
  const number = at + 1;
  return (
    <Sheet title={text('waiting.title')} onClose={onClose}>
      <div className="two">
        <div className="left">
          <p>{text(record || count > 0 ? 'waiting.body' : 'waiting.none')}</p>
          {record ? (
            <p role="status">
              <b>{text('waiting.which', { number, count: records.length })}</b> · {clockText(record.at, words, true)} ·
              #{record.index} · {text(record.event)}
            </p>
          ) : null}
          <div className="sheet-actions">
            <Button onPress={onClose}>{text('action.close')}</Button>
            {records.length > 1 ? (
              <>
                <Button onPress={() => setPlace(at - 1)} disabled={at <= 0}>
                  {text('waiting.previous')}
                </Button>
                <Button onPress={() => setPlace(at + 1)} disabled={number >= records.length}>
                  {text('waiting.next')}
                </Button>
              </>
            ) : null}
          </div>
        </div>
        <div className="right">
          {record ? <QrCode value={record.code} name={text('waiting.code', { number })} /> : null}
        </div>
      </div>
    </Sheet>
  );
}
