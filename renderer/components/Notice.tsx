import type { SeverityLevel } from '@onebox/gateway/card/model.js';
import type { ErrorReport } from '@onebox/protocol/errors.js';
import { hasText, text } from '../messages/i18n.js';
import { SeverityTag } from './SeverityTag.js';

/** One thing to tell, already in words. The lower `rank`, the earlier it is shown. */
export interface NoticeModel {
  readonly key: string;
  readonly rank: number;
  readonly severity: SeverityLevel;
  readonly title: string;
  readonly body: string;
  /** Number to read out over the phone, e.g. OB-101. */
  readonly reference?: string;
  /** What can be done about it, where all notices are listed. */
  readonly action?: { readonly label: string; readonly run: () => void };
}

export const RANK = { critical: 0, link: 1, match: 2, access: 3, clock: 4, note: 6 } as const;

/** Title and body of an error: our words, or those of the report when the catalogue has none. */
export function errorWords(error: Pick<ErrorReport, 'message' | 'summary' | 'remedy' | 'params'>): {
  readonly title: string;
  readonly body: string;
} {
  const id = `err.${error.message}`;
  if (!hasText(`${id}.title`)) return { title: error.summary, body: error.remedy };
  const param = Object.keys(error.params).find((name) => hasText(`${id}.body.${name}`));
  return {
    title: text(`${id}.title`, error.params),
    body: text(param === undefined ? `${id}.body` : `${id}.body.${param}`, error.params),
  };
}

export function errorNotice(error: ErrorReport): NoticeModel {
  return { key: error.code, rank: RANK.link, severity: 'check', ...errorWords(error), reference: error.code };
}

/** A whole notice: what happened, what it means, what to do, and the number at the end. */
export function Notice({ notice, live = false }: { readonly notice: NoticeModel; readonly live?: boolean }) {
  return (
    <div className={`notice ${notice.severity}`} {...(live ? { role: 'alert' } : {})}>
      <SeverityTag severity={notice.severity} />
      <p>
        <b>{notice.title}</b> {notice.body}{' '}
        {notice.reference ? <small>{text('error.reference', { code: notice.reference })}</small> : null}
      </p>
    </div>
  );
}

/** The most urgent first. */
export const sorted = (notices: readonly NoticeModel[]): readonly NoticeModel[] =>
  [...notices].sort((a, b) => a.rank - b.rank);

/** One line of reserved height: the most urgent notice. It never moves what is below. */
export function NoticeLine({ notices }: { readonly notices: readonly NoticeModel[] }) {
  const first = sorted(notices)[0];
  return (
    <div className="notice-line">
      {first ? (
        <>
          <SeverityTag severity={first.severity} />
          <p>
            <b>{first.title}</b> {first.body}
          </p>
        </>
      ) : null}
    </div>
  );
}
