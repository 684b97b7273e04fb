import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Button as AriaButton, type PressEvent } from 'react-aria-components';
import { text } from '../messages/i18n.js';
import { announcer } from '../state/announce.js';

const HOLD_MS = 1_000;

/** What must not happen by one careless touch: held for a second, by finger or key. Assistive technology presses twice. */
export function HoldButton({
  children,
  onHeld,
  disabled = false,
}: {
  readonly children: ReactNode;
  readonly onHeld: () => void;
  readonly disabled?: boolean;
}) {
  const [holding, setHolding] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const asked = useRef(false);
  useEffect(() => () => clearTimeout(timer.current), []);
  const start = ({ pointerType }: PressEvent): void => {
    if (pointerType === 'virtual') return;
    setHolding(true);
    timer.current = setTimeout(() => {
      setHolding(false);
      onHeld();
    }, HOLD_MS);
  };
  const end = (): void => {
    clearTimeout(timer.current);
    setHolding(false);
  };
  // What presses without holding has no finger that could have slipped.
  const press = ({ pointerType }: PressEvent): void => {
    if (pointerType !== 'virtual') return;
    if (asked.current) onHeld();
    else announcer.say(text('glass.override.again'), 'assertive');
    asked.current = !asked.current;
  };
  return (
    <AriaButton
      className={`button pri hold ${holding ? 'holding' : ''}`}
      isDisabled={disabled}
      onPressStart={start}
      onPressEnd={end}
      onPress={press}
      data-primary=""
    >
      <span>{children}</span>
    </AriaButton>
  );
}
