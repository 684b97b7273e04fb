import { useState } from 'react';
import { Button } from '../../components/Button.js';
import { Notice, type NoticeModel } from '../../components/Notice.js';
import { noticeOf } from '../../components/notice-of.js';
import { Sheet } from '../../components/Sheet.js';
import { text } from '../../messages/i18n.js';
import { useSession } from '../../state/app.js';

export function CloseSheet({
  accessId,
  reading,
  onKeep,
}: {
  readonly accessId: string;
  readonly reading: boolean;
  readonly onKeep: () => void;
}) {
  const session = useSession();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<NoticeModel | undefined>(undefined);
  const close = async (): Promise<void> => {
    setBusy(true);
    try {
      await session.close(accessId);
    } catch (error) {
      setProblem(noticeOf(error));
      setBusy(false);
    }
  };
  return (
    <Sheet title={text('close.title')} onClose={onKeep}>
      <p>
        {text('close.body')} {reading ? text('close.reading') : null}
      </p>
      {problem ? <Notice notice={problem} live /> : null}
      <div className="sheet-actions">
        <Button onPress={onKeep} disabled={busy}>
          {text('close.keep')}
        </Button>
        <Button kind="pri" onPress={() => void close()} disabled={busy}>
          {text('close.confirm')}
        </Button>
      </div>
    </Sheet>
  );
}
