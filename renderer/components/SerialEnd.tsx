import { serialEnd } from '@onebox/protocol/serial-number.js';
import { useState } from 'react';
import { text } from '../messages/i18n.js';
import { TextInput } from './TextInput.js';

export interface SerialEndEntry {
  readonly typed: string;
  readonly type: (typed: string) => void;
  /** As the gateway takes it; undefined while there are too few. Who types the whole number has its end in it. */
  readonly end: string | undefined;
}

/** The end of a serial number, as it is typed off a card or the housing. */
export function useSerialEnd(): SerialEndEntry {
  const [typed, type] = useState('');
  return { typed, type, end: serialEnd(typed) };
}

export function SerialEndField({ entry, onEnter }: { readonly entry: SerialEndEntry; readonly onEnter: () => void }) {
  return <TextInput label={text('patientMatch.serial')} value={entry.typed} onChange={entry.type} onEnter={onEnter} />;
}
