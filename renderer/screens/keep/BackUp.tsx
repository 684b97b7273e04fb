import type { Commands } from '@onebox/gateway/api.js';
import { useState } from 'react';
import { Button } from '../../components/Button.js';
import { FreshFactor } from '../../components/FreshFactor.js';
import { text } from '../../messages/i18n.js';
import { useSession } from '../../state/app.js';
import { bytesOf, saveFile } from '../../state/save-file.js';

/** A fresh factor; then the file, the words that open it, and the key of the log that signed it. */
export function BackUp() {
  const session = useSession();
  const [made, setMade] = useState<Commands['backUp']['out'] | undefined>(undefined);
  if (!made)
    return (
      <FreshFactor use={async (factor) => setMade(await session.api.call('backUp', { factor }))}>
        <p>{text('keep.backup.body')}</p>
      </FreshFactor>
    );
  const { people, drivers, keys, words, key, file, log } = made;
  return (
    <div className="setup">
      <p>{text('keep.backup.done', { people, drivers, keys })}</p>
      <p>{text('keep.backup.words')}</p>
      <ol className="recovery" aria-label={text('keep.backup.list')} data-count={words.length}>
        {words.map((word, index) => (
          <li key={index}>{word}</li>
        ))}
      </ol>
      <p className="code-key">
        <span className="secondary">{text('keep.key')}</span> <code>{key}</code>
      </p>
      <Button kind="pri" onPress={() => saveFile(`onebox-${log.slice(0, 8)}.onebox-backup`, bytesOf(file))}>
        {text('keep.backup.save')}
      </Button>
    </div>
  );
}
