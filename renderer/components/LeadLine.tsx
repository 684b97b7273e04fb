import type { LeadLine as LeadModel } from '@onebox/gateway/card/model.js';
import { Button as AriaButton } from 'react-aria-components';
import { phraseText } from '../format/value.js';
import type { Words } from '../format/words.js';
import { text } from '../messages/i18n.js';
import { useWords } from '../state/clock.js';
import { SeverityTag } from './SeverityTag.js';

/** "CRITICAL. 2 shocks delivered today", for a screen reader. */
export function leadName(lead: LeadModel, words: Words): string {
  const title = phraseText(lead.title, words);
  return lead.severity === 'none' ? title : text('card.lead', { severity: text(`severity.${lead.severity}`), title });
}

/** The first fact of the card: what, and how it is known. Two lines, always the same height. */
export function LeadLine({ lead, onMore }: { readonly lead: LeadModel; readonly onMore: () => void }) {
  const words = useWords();
  const details = lead.details.map((phrase) => phraseText(phrase, words));
  if (lead.more > 0) details.push(text('lead.more', { count: lead.more }));
  return (
    <section className={`lead ${lead.severity}`} data-region="lead" tabIndex={-1} aria-label={leadName(lead, words)}>
      <p className="lead-title">
        <SeverityTag severity={lead.severity} />
        {/* Another fact is another text: it appears in its place, the one before does not move aside. */}
        <strong key={`${lead.severity} ${lead.title.id}`}>{phraseText(lead.title, words)}</strong>
      </p>
      <p className="lead-details">{details.join(' · ') || '\u00a0'}</p>
      {lead.more > 0 ? (
        <AriaButton className="tile-open" aria-label={text('lead.more.name', { count: lead.more })} onPress={onMore} />
      ) : null}
    </section>
  );
}
