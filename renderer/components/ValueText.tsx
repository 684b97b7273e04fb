import type { Printed } from '../format/value.js';

/** A value with its unit on one line, kept left to right in every language. */
export function ValueText({ value, small = false }: { readonly value: Printed; readonly small?: boolean }) {
  // A number never leaves its unit; words may go on in the next line.
  const kind = value.unit === '' ? ' words' : '';
  return (
    <bdi dir="ltr" className={`value${small ? ' small' : ''}${kind}`} {...(value.quoted ? { lang: 'en' } : {})}>
      <b>{value.main}</b>
      {value.unit === '' ? null : <span className="unit">{`\u00a0${value.unit}`}</span>}
    </bdi>
  );
}
