import { SeverityTag } from '../../components/SeverityTag.js';
import { text } from '../../messages/i18n.js';

/** In place of the data, once the time of the access is over. */
export function Covered() {
  return (
    <section className="covered">
      <SeverityTag severity="check" />
      <h2>{text('access.ended')}</h2>
      <p>{text('access.ended.body')}</p>
    </section>
  );
}
