import type { Commands, ReviewItem } from '@onebox/gateway/api.js';
import { useEffect, useState } from 'react';
import { clockText, dayText, spanText } from '../../format/time.js';
import { text } from '../../messages/i18n.js';
import { useSession } from '../../state/app.js';
import { useWords } from '../../state/clock.js';
import { AuditTab } from '../access/AuditTab.js';
import { signalsText, whoText } from './ReviewRow.js';

/** What the log says of one item: the words of a reviewer first, the records below. `version` changes with each step. */
export function ReviewDetails({ item, version }: { readonly item: ReviewItem; readonly version: string }) {
  const session = useSession();
  const words = useWords();
  const [audit, setAudit] = useState<Commands['auditOfAccess']['out'] | undefined>(undefined);
  const { accessId } = item;
  useEffect(() => {
    let current = true;
    void session.run('auditOfAccess', { accessId }).then((given) => {
      if (current && given) setAudit(given);
    });
    return () => {
      current = false;
    };
  }, [session, accessId, version]);
  const facts: readonly (readonly [id: string, value: string | undefined])[] = [
    ['review.who', item.role ? `${whoText(item)}, ${text(`role.${item.role}`)}` : whoText(item)],
    ['review.when', `${dayText(item.at, words)} ${clockText(item.at, words, true)}`],
    ['review.reason', item.reason && text(`reason.${item.reason}`)],
    ['review.device', [text('device.tail', { tail: item.deviceTail }), item.driver].filter(Boolean).join(' · ')],
    ['review.length', item.seconds === undefined ? undefined : spanText(item.seconds * 1_000, words)],
    ['review.signals', signalsText(item)],
    [
      'review.decided',
      item.decidedAt === undefined
        ? undefined
        : text('review.decidedBy', {
            state: text(`review.state.${item.state}`),
            reviewer: item.reviewer ?? '?',
            time: `${dayText(item.decidedAt, words)} ${clockText(item.decidedAt, words)}`,
          }),
    ],
  ];
  return (
    <section className="review-details" aria-label={item.reference}>
      <h2>
        {item.reference} <span className="secondary">{text(`review.state.${item.state}`)}</span>
      </h2>
      {item.own ? <p className="review-own">{text('review.own')}</p> : null}
      <dl>
        {facts.map(([id, value]) =>
          value ? (
            <div key={id}>
              <dt>{text(id)}</dt>
              <dd>{value}</dd>
            </div>
          ) : null,
        )}
      </dl>
      <AuditTab audit={audit} access={undefined} device="" />
    </section>
  );
}
