import { useState } from 'react';
import { text } from '../messages/i18n.js';
import { TextInput } from './TextInput.js';

/** How many characters of a serial number the gateway compares. */
const SERIAL_END = 4;

export interface SerialEndEntry {
  readonly typed: string;
  readonly type: (typed: string) => void;
  /** As the gateway takes it; undefined while there are too few. Who types the whole number has its end in it. */
  readonly end: string | undefined;
}

/** The end of a serial number as it is printed: signs and blanks in it do not count. */
export function useSerialEnd(): SerialEndEntry {
  const [typed, type] = useState('');
  const signs = typed.replace(/[^0-9A-Za-z]/g, '').toUpperCase();
  return { typed, type, end: signs.length < SERIAL_END ? undefined : signs.slice(-SERIAL_END) };
}

export function SerialEndField({ entry, onEnter }: { readonly entry: SerialEndEntry; readonly onEnter: () => void }) {
  return <TextInput label={text('patientMatch.serial')} value={entry.typed} onChange={entry.type} onEnter={onEnter} />;
}
