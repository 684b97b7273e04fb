import { Button } from '../../components/Button.js';
import { SeverityTag } from '../../components/SeverityTag.js';
import { text } from '../../messages/i18n.js';

/** In place of the data, once the time of the access is over. */
export function Covered({ onExtend }: { readonly onExtend?: (() => void) | undefined }) {
  return (
    <section className="covered">
      <SeverityTag severity="check" />
      <h2>{text('access.ended')}</h2>
      <p>{text('access.ended.body')}</p>
      {onExtend ? <Button onPress={onExtend}>{text('access.extend')}</Button> : null}
    </section>
  );
}
