import { useState } from 'react';
import { text } from '../messages/i18n.js';
import { announcer } from '../state/announce.js';
import { BANK_CARD, PX_PER_MM_RANGE, pxPerMm } from '../state/scale.js';
import { Button } from './Button.js';

/** One step of the buttons: 0.5 mm of the card's width. */
const STEP = 0.5 / BANK_CARD.width;

/** A frame that the user makes as large as a bank card. Gives CSS pixels per millimetre. */
export function Calibrator({ onChange }: { readonly onChange: (pxPerMm: number) => void }) {
  const [scale, setScale] = useState(pxPerMm);
  const [refused, setRefused] = useState(false);
  const change = (steps: number): void => {
    const next = scale * (1 + steps * STEP);
    const possible = next >= PX_PER_MM_RANGE.low && next <= PX_PER_MM_RANGE.high;
    setRefused(!possible);
    if (!possible) {
      announcer.say(text('setup.size.range'));
      return;
    }
    setScale(next);
    onChange(next);
    announcer.say(text('setup.size.value', { pixels: Math.round(next * BANK_CARD.width) }));
  };
  return (
    <div className="calibrator">
      <div
        className="card-frame"
        role="img"
        aria-label={text('setup.size.card')}
        style={{ inlineSize: `${scale * BANK_CARD.width}px`, blockSize: `${scale * BANK_CARD.height}px` }}
      >
        <span>{text('setup.size.card')}</span>
      </div>
      <div className="calibrator-keys">
        <p className="measure">{text('setup.size.value', { pixels: Math.round(scale * BANK_CARD.width) })}</p>
        <div className="pair">
          <Button onPress={() => change(-1)}>{text('setup.size.smaller')}</Button>
          <Button onPress={() => change(1)}>{text('setup.size.larger')}</Button>
        </div>
        <p>{refused ? text('setup.size.range') : text('setup.size.why')}</p>
      </div>
    </div>
  );
}
