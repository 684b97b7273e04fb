import type { AccessSummary, AuditRow, Commands } from '@onebox/gateway/api.js';
import { Notice } from '../../components/Notice.js';
import { Table } from '../../components/Table.js';
import { printNumber } from '../../format/number.js';
import { clockText } from '../../format/time.js';
import type { Words } from '../../format/words.js';
import { hasText, text } from '../../messages/i18n.js';
import { useWords } from '../../state/clock.js';

export type AuditOfAccess = Commands['auditOfAccess']['out'];

/** `14 items`, `bytes 512`: names and counts, never values of the patient. */
function numbersText(row: AuditRow, words: Words): string {
  return Object.entries(row.numbers)
    .map(([name, count]) =>
      hasText(`number.${name}`)
        ? text(`number.${name}`, { count })
        : text('number.other', {
            name: name
              .replace(/[-_]/g, ' ')
              .replace(/([a-z])([A-Z])/g, '$1 $2')
              .toLowerCase(),
            count: printNumber(String(count), words.locale),
          }),
    )
    .join(' · ');
}

const milliseconds = (at: number): string => String(at % 1_000).padStart(3, '0');

/** Who did what in this access, as the sealed log has it. */
export function AuditTab({
  audit,
  access,
  device,
}: {
  readonly audit: AuditOfAccess | undefined;
  readonly access: AccessSummary | undefined;
  readonly device: string;
}) {
  const words = useWords();
  if (!audit) return <p className="empty">{text('absent.temp-unknown')}</p>;
  return (
    <>
      {audit.intact ? (
        <p className="audit-state">
          {text('audit.intact', { entries: printNumber(String(audit.entries), words.locale) })}
        </p>
      ) : (
        <Notice
          notice={{
            key: 'chain',
            rank: 0,
            severity: 'critical',
            title: text('err.log.fault.title'),
            body: text('err.log.fault.body'),
            reference: 'OB-602',
          }}
        />
      )}
      {access ? (
        <p className="audit-summary">
          {text('audit.summary', {
            reference: access.reference,
            person: access.person.displayName,
            role: text(`role.${access.person.role}`).toLowerCase(),
            device,
            from: clockText(access.openedAt, words, true),
            to: clockText(access.endsAt, words, true),
            reason: text(`reason.${access.reason}`).toLowerCase(),
          })}
        </p>
      ) : null}
      <Table
        label={text('audit.title')}
        rows={[...audit.rows].sort((a, b) => a.index - b.index)}
        rowKey={(row) => String(row.index)}
        empty={text('audit.empty')}
        columns={[
          {
            id: 'time',
            title: text('audit.time'),
            cell: (row) => `${clockText(row.at, words, true)}.${milliseconds(row.at)}`,
          },
          { id: 'entry', title: text('audit.entry'), cell: (row) => `#${row.index}` },
          {
            id: 'event',
            title: text('audit.event'),
            cell: (row) => text(row.event.startsWith('audit.') ? row.event : `audit.${row.event}`),
            heading: true,
          },
          {
            id: 'result',
            title: text('audit.result'),
            cell: (row) =>
              [text(`outcome.${row.outcome}`), row.error, row.driver, numbersText(row, words)]
                .filter(Boolean)
                .join(' · '),
          },
        ]}
      />
    </>
  );
}
