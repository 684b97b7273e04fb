import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { text } from '../messages/i18n.js';
import { Button } from './Button.js';

const REVEAL_MS = 2_000;
const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;

/** A PIN by touch or keyboard. Digits are never spoken; "n of 6 entered" is. */
export function PinPad({
  value,
  digits,
  onChange,
  disabled = false,
  label,
}: {
  readonly value: string;
  readonly digits: number;
  readonly onChange: (pin: string) => void;
  readonly disabled?: boolean;
  readonly label: string;
}) {
  const [shown, setShown] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  // Two keys within one frame must both count, so the last known PIN is kept outside of the render.
  const pin = useRef(value);
  pin.current = value;
  const put = (next: string): void => {
    if (disabled) return;
    pin.current = next.slice(0, digits);
    onChange(pin.current);
  };
  const reveal = (): void => {
    setShown(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setShown(false), REVEAL_MS);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields; these are keys.
    <div className="pin-pad" role="group" aria-label={label}>
      <div className="pin-dots" role="status" aria-label={text('pin.entered', { count: value.length, digits })}>
        {Array.from({ length: digits }, (_, index) => {
          const filled = index < value.length;
          return (
            <i key={index} className={filled ? 'filled' : ''} aria-hidden="true">
              {shown && filled ? value[index] : ''}
            </i>
          );
        })}
      </div>
      {KEYS.map((digit) => (
        <Button key={digit} className="key" onPress={() => put(pin.current + digit)} disabled={disabled}>
          {digit}
        </Button>
      ))}
      <Button className="key word" onPress={() => put(pin.current.slice(0, -1))} disabled={disabled}>
        {text('action.delete')}
      </Button>
      <Button className="key" onPress={() => put(`${pin.current}0`)} disabled={disabled}>
        0
      </Button>
      <Button className="key word" onPress={reveal} disabled={disabled}>
        {text('action.show')}
      </Button>
    </div>
  );
}

/** Turns digits and Backspace typed anywhere in an element into changes of the PIN. */
export function pinKeys(
  value: string,
  digits: number,
  onChange: (pin: string) => void,
): (event: KeyboardEvent) => void {
  return (event) => {
    const typed = (event.target as HTMLElement).matches('input[type="text"], input[type="password"]');
    if (event.ctrlKey || event.altKey || event.metaKey || typed) return;
    if (/^[0-9]$/.test(event.key)) onChange((value + event.key).slice(0, digits));
    else if (event.key === 'Backspace') onChange(value.slice(0, -1));
    else return;
    event.preventDefault();
  };
}
