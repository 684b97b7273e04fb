import { useEffect, useState } from 'react';
import { text } from '../messages/i18n.js';
import { prefer, usePreferences } from '../state/preferences.js';
import { guard } from '../touch/install.js';
import { Button } from './Button.js';

/** Offers rain mode when touches go wrong one after the other; not again after a no. */
export function RainOffer() {
  const { rain } = usePreferences();
  const [asked, setAsked] = useState(false);
  const [refused, setRefused] = useState(false);
  useEffect(() => guard.onTrouble(() => setAsked(true)), []);
  if (!asked || rain || refused) return null;
  return (
    <section className="rain-offer" aria-label={text('help.rain')}>
      <p role="status">{text('rain.offer')}</p>
      <Button onPress={() => prefer({ rain: true })}>{text('rain.yes')}</Button>
      <Button onPress={() => setRefused(true)}>{text('rain.no')}</Button>
    </section>
  );
}
