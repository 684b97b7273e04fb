import { useEffect, useState } from 'react';
import { type ToneName, watchTones } from '../state/tones.js';

const PULSE_MS = 600;

/** The visible twin of a tone: one frame around the screen, once, for 600 ms. */
export function TonePulse() {
  const [shown, setShown] = useState<ToneName | undefined>(undefined);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = watchTones((name) => {
      setShown(name);
      clearTimeout(timer);
      timer = setTimeout(() => setShown(undefined), PULSE_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, []);
  return shown ? <div className={`tone-pulse ${shown}`} aria-hidden="true" /> : null;
}
