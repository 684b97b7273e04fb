import { FileTrigger } from 'react-aria-components';
import { text } from '../messages/i18n.js';
import { useSession } from '../state/app.js';
import { Button } from './Button.js';

/** Opens a file that a programmer exported; it is then asked for like a device. */
export function OpenFile() {
  const session = useSession();
  const opened = (files: FileList | null): void => {
    const file = files?.item(0);
    if (file) void session.openFile(file);
  };
  return (
    <FileTrigger onSelect={opened}>
      <Button>{text('action.openFile')}</Button>
    </FileTrigger>
  );
}
