import type { Restored } from '@onebox/gateway/api.js';
import { useState } from 'react';
import { FileTrigger } from 'react-aria-components';
import { Button } from '../../components/Button.js';
import { FreshFactor } from '../../components/FreshFactor.js';
import { SeverityTag } from '../../components/SeverityTag.js';
import { TextInput } from '../../components/TextInput.js';
import { text } from '../../messages/i18n.js';
import { useSession } from '../../state/app.js';
import { base64Of } from '../../state/read-file.js';

/** The file and its words; then what will change, and a fresh factor; then the PINs of those who are new. */
export function Restore() {
  const session = useSession();
  const [file, setFile] = useState<File | undefined>(undefined);
  const [words, setWords] = useState('');
  const [key, setKey] = useState('');
  const [sure, setSure] = useState(false);
  const [done, setDone] = useState<Restored | undefined>(undefined);
  if (done) return <Result done={done} />;
  if (file && sure)
    return (
      <FreshFactor
        use={async (factor) => {
          const named = key.trim();
          const content = { file: await base64Of(file), passphrase: words, ...(named === '' ? {} : { key: named }) };
          setDone(await session.api.call('restore', { ...content, factor }));
        }}
      >
        <div className="notice check">
          <SeverityTag severity="check" />
          <p>{text('keep.restore.sure')}</p>
        </div>
      </FreshFactor>
    );
  return (
    <div className="setup">
      <p>{text('keep.restore.body')}</p>
      <FileTrigger onSelect={(files) => setFile(files?.item(0) ?? undefined)}>
        <Button>{file ? text('keep.restore.chosen', { name: file.name }) : text('keep.restore.file')}</Button>
      </FileTrigger>
      <TextInput label={text('keep.restore.words')} value={words} onChange={setWords} maxLength={200} />
      <TextInput label={text('keep.restore.key')} value={key} onChange={setKey} maxLength={1000} />
      <Button onPress={() => setSure(true)} disabled={file === undefined || words.trim() === ''}>
        {text('action.next')}
      </Button>
    </div>
  );
}

function Result({ done: { people, drivers, keys, added, skipped } }: { readonly done: Restored }) {
  return (
    <div className="setup">
      <p role="status">{text('keep.restore.done', { people, drivers, keys })}</p>
      {skipped.length > 0 ? <p>{text('keep.restore.skipped', { list: skipped.join(', ') })}</p> : null}
      {added.length > 0 ? (
        <>
          <p>{text('keep.restore.pins')}</p>
          <ul className="checks">
            {added.map(({ displayName, role, pin }, index) => (
              <li key={index}>
                <div>
                  <b>{displayName}</b> <span>{text(`role.${role}`)}</span> <code>{pin}</code>
                </div>
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </div>
  );
}
