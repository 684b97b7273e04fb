import type { Factor } from '@onebox/gateway/api.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import { useEffect, useRef, useState } from 'react';
import { text } from '../messages/i18n.js';
import { canAskKeys, touchKey } from '../security-key/ask.js';
import { announcer } from '../state/announce.js';
import { useApp, useSession } from '../state/app.js';
import { Button } from './Button.js';
import type { NoticeModel } from './Notice.js';
import { noticeOf } from './notice-of.js';

/** For a person with a security key: asks for a touch, and hands on what the key said. Nothing for everybody else. */
export function TouchKey({
  personId,
  disabled,
  show,
  failed,
}: {
  readonly personId: string;
  readonly disabled: boolean;
  readonly show: (factor: Factor) => void;
  readonly failed: (notice: NoticeModel) => void;
}) {
  const session = useSession();
  const { status } = useApp();
  const [waiting, setWaiting] = useState(false);
  const asked = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => asked.current?.abort(), []);
  const kinds = status?.factors.find((one) => one.personId === personId)?.kinds ?? [];
  if (!kinds.includes('security-key') || !canAskKeys()) return null;

  const ask = async (): Promise<void> => {
    asked.current?.abort();
    const controller = new AbortController();
    asked.current = controller;
    const { signal } = controller;
    setWaiting(true);
    announcer.say(text('key.touch'), 'assertive');
    try {
      const challenge = await session.api.call('challengeFactor', { personId, kind: 'security-key' });
      show(await touchKey(challenge, signal));
    } catch (error) {
      if (!signal.aborted)
        failed(noticeOf(error instanceof DOMException ? new OneBoxError('SECURITY_KEY_SILENT') : error));
    } finally {
      if (!signal.aborted) setWaiting(false);
    }
  };
  return (
    <Button onPress={() => void ask()} disabled={disabled || waiting}>
      {text(waiting ? 'key.touch' : 'key.use')}
    </Button>
  );
}
