import type { ErrorReport } from '@onebox/protocol/errors.js';
import { errorNotice, Notice } from '../components/Notice.js';
import { SeverityTag } from '../components/SeverityTag.js';
import { text } from '../messages/i18n.js';
import type { AppState } from '../state/session.js';

/** Before the first answer of the gateway, when there is none any more, and when it could not be opened. */
export function Offline({
  contact,
  fault,
}: {
  readonly contact: AppState['contact'];
  readonly fault?: ErrorReport | undefined;
}) {
  if (contact === 'refused' && fault)
    return (
      <main className="offline">
        <h1>{text('app.refused')}</h1>
        <Notice notice={errorNotice(fault)} live />
        <p>{text('app.refused.body')}</p>
      </main>
    );
  const lost = contact === 'lost';
  return (
    <main className="offline">
      <h1>{text(lost ? 'app.offline' : 'app.name')}</h1>
      {lost ? <SeverityTag severity="check" /> : null}
      <p role="status">{text(lost ? 'app.offline.body' : 'app.starting')}</p>
    </main>
  );
}
