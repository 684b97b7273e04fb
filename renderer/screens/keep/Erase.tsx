import type { Commands, KeptRow } from '@onebox/gateway/api.js';
import { useState } from 'react';
import { Button } from '../../components/Button.js';
import { Choice } from '../../components/Choice.js';
import { FreshFactor } from '../../components/FreshFactor.js';
import { SeverityTag } from '../../components/SeverityTag.js';
import { ageText } from '../../format/time.js';
import { text } from '../../messages/i18n.js';
import { useSession } from '../../state/app.js';
import { wordsNow } from '../../state/clock.js';
import { saveFile } from '../../state/save-file.js';

const ALL = '';

/** Which records; then what will be gone, and a fresh factor; then the receipts. */
export function Erase({ records }: { readonly records: readonly KeptRow[] }) {
  const session = useSession();
  const [which, setWhich] = useState<string | null>(null);
  const [sure, setSure] = useState(false);
  const [erased, setErased] = useState<Commands['eraseRecords']['out'] | undefined>(undefined);
  const save = async (entry: number): Promise<void> => {
    const receipt = await session.run('receipt', { entry });
    if (receipt) saveFile(`erased-${entry}.tlog-proof`, receipt.text);
  };
  if (erased)
    return (
      <div className="setup">
        <p role="status">{text('keep.erase.done', { count: erased.records })}</p>
        <div className="sheet-actions wrapped">
          {erased.entries.map((entry) => (
            <Button key={entry} onPress={() => void save(entry)}>
              {text('keep.receipt', { entry })}
            </Button>
          ))}
        </div>
      </div>
    );
  if (which === null || !sure)
    return (
      <div className="setup">
        <Choice
          label={text('keep.erase.which')}
          columns={2}
          value={which}
          onChange={setWhich}
          options={[
            { id: ALL, text: text('keep.erase.all', { count: records.length }) },
            ...accessesOf(records).map(([reference, startedAt]) => ({
              id: reference,
              text: text('keep.erase.one', { reference, age: ageText(startedAt, wordsNow()) }),
            })),
          ]}
        />
        <Button onPress={() => setSure(true)} disabled={which === null}>
          {text('action.next')}
        </Button>
      </div>
    );
  const count = which === ALL ? records.length : records.filter(({ reference }) => reference === which).length;
  return (
    <FreshFactor
      use={async (factor) =>
        setErased(
          await session.api.call('eraseRecords', {
            order: which === ALL ? { all: true } : { access: which },
            factor,
          }),
        )
      }
    >
      <div className="notice check">
        <SeverityTag severity="check" />
        <p>{text('keep.erase.sure', { count })}</p>
      </div>
    </FreshFactor>
  );
}

/** Each once, with the time of its first record. */
function accessesOf(records: readonly KeptRow[]): readonly (readonly [reference: string, startedAt: number])[] {
  const first = new Map<string, number>();
  for (const { reference, startedAt } of records)
    first.set(reference, Math.min(startedAt, first.get(reference) ?? startedAt));
  return [...first];
}
