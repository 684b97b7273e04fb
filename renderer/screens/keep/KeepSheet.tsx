import type { KeptRow } from '@onebox/gateway/api.js';
import { useEffect, useState } from 'react';
import { Button } from '../../components/Button.js';
import { Sheet } from '../../components/Sheet.js';
import { type Column, Table } from '../../components/Table.js';
import { ageText, dateTimeText } from '../../format/time.js';
import { text } from '../../messages/i18n.js';
import { useApp, useSession } from '../../state/app.js';
import { wordsNow } from '../../state/clock.js';
import { BackUp } from './BackUp.js';
import { Decommission } from './Decommission.js';
import { Erase } from './Erase.js';
import { Restore } from './Restore.js';

const OF_RECORDS = ['erase'] as const;
const OF_THE_TABLET = ['erase', 'backup', 'restore', 'end'] as const;
type Task = (typeof OF_THE_TABLET)[number];

const columns = (): readonly Column<KeptRow>[] => [
  { id: 'access', title: text('keep.access'), heading: true, cell: ({ reference }) => reference },
  { id: 'age', title: text('keep.age'), cell: ({ startedAt }) => ageText(startedAt, wordsNow()) },
  { id: 'due', title: text('keep.due'), cell: ({ dueAt }) => dateTimeText(dueAt, wordsNow()) },
  { id: 'bytes', title: text('keep.size'), cell: ({ bytes }) => text('keep.bytes', { bytes }) },
];

/** What this tablet keeps, without what is in it; erasing, back-up, restore and the end, for those who look after it. */
export function KeepSheet({ onClose }: { readonly onClose: () => void }) {
  const session = useSession();
  const { status } = useApp();
  const [records, setRecords] = useState<readonly KeptRow[] | undefined>(undefined);
  const [task, setTask] = useState<Task | undefined>(undefined);
  const tasks: readonly Task[] = status?.person?.role === 'device-manager' ? OF_THE_TABLET : OF_RECORDS;
  useEffect(() => {
    // Again after each task: what it erased is gone.
    if (task === undefined) void session.run('records').then(setRecords);
  }, [session, task]);
  return (
    <Sheet title={text(task === undefined ? 'keep.title' : `keep.${task}`)} onClose={onClose}>
      {task === undefined && records ? (
        <>
          <p>{text('keep.body', { count: records.length })}</p>
          {records.length > 0 ? (
            <Table
              label={text('keep.records')}
              columns={columns()}
              rows={records}
              rowKey={({ reference, startedAt }) => `${reference} ${startedAt}`}
              empty=""
            />
          ) : null}
        </>
      ) : null}
      {task === 'erase' ? <Erase records={records ?? []} /> : null}
      {task === 'backup' ? <BackUp /> : null}
      {task === 'restore' ? <Restore /> : null}
      {task === 'end' ? <Decommission /> : null}
      <div className="sheet-actions">
        {task === undefined ? (
          tasks.map((one) => (
            <Button key={one} onPress={() => setTask(one)} disabled={one === 'erase' && !records?.length}>
              {text(`keep.${one}`)}
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
