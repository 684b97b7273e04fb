import { type KeyboardEvent, useState } from 'react';
import { pinKeys } from './PinPad.js';

export interface Digits {
  readonly value: string;
  readonly digits: number;
  readonly enter: (next: string) => void;
  readonly clear: () => void;
  /** For digits that are typed on a keyboard, anywhere in an element. */
  readonly keys: (event: KeyboardEvent) => void;
}

/** Digits of a PIN or a code; `full` is told when the last of them is there. */
export function useDigits(digits: number, busy: boolean, full: (entered: string) => void): Digits {
  const [value, setValue] = useState('');
  const enter = (next: string): void => {
    if (busy) return;
    setValue(next);
    if (digits > 0 && next.length === digits) full(next);
  };
  return { value, digits, enter, clear: () => setValue(''), keys: pinKeys(value, digits, enter) };
}
