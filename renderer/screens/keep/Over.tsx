import type { Decommissioned } from '@onebox/gateway/api.js';
import { Button } from '../../components/Button.js';
import { text } from '../../messages/i18n.js';
import { saveFile } from '../../state/save-file.js';

/** After the end of the tablet: what was destroyed, and the receipt. */
export function Over({ ended }: { readonly ended: Decommissioned }) {
  const { records, people, drivers, keys, entry, key, receipt } = ended;
  return (
    <main className="offline setup">
      <h1>{text('over.title')}</h1>
      <p role="status">{text('over.body', { records, people, drivers, keys })}</p>
      <p className="code-key">
        <span className="secondary">{text('keep.key')}</span> <code>{key}</code>
      </p>
      {receipt === undefined ? (
        <p>{text('over.noReceipt')}</p>
      ) : (
        <Button kind="pri" onPress={() => saveFile('decommissioned.tlog-proof', receipt)}>
          {text('keep.receipt', { entry })}
        </Button>
      )}
      <p>{text('over.next')}</p>
    </main>
  );
}
