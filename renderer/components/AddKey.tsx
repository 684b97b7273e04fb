import type { Factor } from '@onebox/gateway/api.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import { useEffect, useRef, useState } from 'react';
import { text } from '../messages/i18n.js';
import { registerKey } from '../security-key/ask.js';
import { useSession } from '../state/app.js';
import { FreshFactor } from './FreshFactor.js';

/** Enrols a security key for the person who unlocked the tablet: the PIN, then a touch. */
export function AddKey() {
  const session = useSession();
  const [waiting, setWaiting] = useState(false);
  const [done, setDone] = useState(false);
  const leaving = useRef(new AbortController());
  useEffect(() => {
    const controller = new AbortController();
    leaving.current = controller;
    return () => controller.abort();
  }, []);

  const add = async (factor: Factor): Promise<void> => {
    setWaiting(true);
    try {
      const offer = await session.offerFactor('security-key', factor);
      await session.addFactor(await registerKey(offer, leaving.current.signal));
      setDone(true);
    } catch (error) {
      throw error instanceof DOMException ? new OneBoxError('SECURITY_KEY_SILENT') : error;
    } finally {
      setWaiting(false);
    }
  };
  if (done) return <p role="status">{text('people.key.done')}</p>;
  return (
    <>
      <p role="status">{text(waiting ? 'people.key.touch' : 'people.key.body')}</p>
      <FreshFactor use={add} />
    </>
  );
}
