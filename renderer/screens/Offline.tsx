import { SeverityTag } from '../components/SeverityTag.js';
import { text } from '../messages/i18n.js';

/** Before the first answer of the gateway, and when there is none any more. */
export function Offline({ lost }: { readonly lost: boolean }) {
  return (
    <main className="offline">
      <h1>{text(lost ? 'app.offline' : 'app.name')}</h1>
      {lost ? <SeverityTag severity="check" /> : null}
      <p role="status">{text(lost ? 'app.offline.body' : 'app.starting')}</p>
    </main>
  );
}
