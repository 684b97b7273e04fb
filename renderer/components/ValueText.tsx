import type { Printed } from '../format/value.js';

/** A value with its unit on one line, kept left to right in every language. */
export function ValueText({ value, small = false }: { readonly value: Printed; readonly small?: boolean }) {
  return (
    <bdi dir="ltr" className={small ? 'value small' : 'value'} {...(value.quoted ? { lang: 'en' } : {})}>
      <b>{value.main}</b>
      {value.unit === '' ? null : <span className="unit">{`\u00a0${value.unit}`}</span>}
    </bdi>
  );
}
