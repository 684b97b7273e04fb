import type { Commands } from '@onebox/gateway/api.js';
import { useEffect, useState } from 'react';
import { Button } from '../../components/Button.js';
import { FreshFactor } from '../../components/FreshFactor.js';
import { SeverityTag } from '../../components/SeverityTag.js';
import { TextInput } from '../../components/TextInput.js';
import { text } from '../../messages/i18n.js';
import { useSession } from '../../state/app.js';
import { helpOpen } from '../../state/help.js';

/** What will be destroyed, and the code of the tablet to type; then a fresh factor. There is no way back. */
export function Decommission() {
  const session = useSession();
  const [what, setWhat] = useState<Commands['tabletInventory']['out'] | undefined>(undefined);
  const [code, setCode] = useState('');
  const [sure, setSure] = useState(false);
  useEffect(() => {
    void session.run('tabletInventory').then(setWhat);
  }, [session]);
  if (!what) return null;
  const { records, people, drivers, keys } = what;
  const warning = (
    <div className="notice critical">
      <SeverityTag severity="critical" />
      <p>{text('keep.end.sure', { records, people, drivers, keys })}</p>
    </div>
  );
  if (sure)
    return (
      <FreshFactor
        use={async (factor) => {
          await session.decommission(code.trim(), factor);
          helpOpen.set(false);
        }}
      >
        {warning}
      </FreshFactor>
    );
  return (
    <div className="setup">
      {warning}
      <p>{text('keep.end.body')}</p>
      <p>
        {text('keep.end.code')} <code>{what.code}</code>
      </p>
      <TextInput label={text('keep.end.type')} value={code} onChange={setCode} maxLength={64} />
      <Button onPress={() => setSure(true)} disabled={code.trim() !== what.code}>
        {text('action.next')}
      </Button>
    </div>
  );
}
