import { useEffect, useState } from 'react';
import { text } from '../messages/i18n.js';

/** The clock of the tablet, which one-time codes are made for: a wrong one is seen here. */
export function TabletTime({ message }: { readonly message: string }) {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const time = now.toISOString().slice(0, 19).replace('T', ' ');
  return <p className="secondary">{text(message, { time: `${time} UTC` })}</p>;
}
