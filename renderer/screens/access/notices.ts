import type { AccessSummary } from '@onebox/gateway/api.js';
import type { Card } from '@onebox/gateway/card/model.js';
import { ERRORS, type ErrorReport, errorByCode, errorLabel } from '@onebox/protocol/errors.js';
import { errorNotice, errorWords, type NoticeModel, RANK } from '../../components/Notice.js';
import { missingText } from '../../components/ProgressLine.js';
import { spanText } from '../../format/time.js';
import type { Words } from '../../format/words.js';
import { text } from '../../messages/i18n.js';
import { matchNotice } from './match.js';

export const SOON_MS = 120_000;

/** The error that ended a read, or the loss of the link that is being mended, as a notice. */
function readError({ read }: Card): NoticeModel | undefined {
  const ended = read.error === undefined ? undefined : errorByCode(read.error);
  const kind = ended ?? (read.link === 'lost' ? 'LINK_LOST' : undefined);
  if (kind === undefined) return undefined;
  const { code, message, summary, remedy } = ERRORS[kind];
  return {
    key: errorLabel(code),
    rank: RANK.link,
    severity: 'check',
    ...errorWords({ message, summary, remedy, params: {} }),
    reference: errorLabel(code),
  };
}

/** Beside the bar of the read there is no room for all of it. */
function missingNotice({ read }: Card): NoticeModel | undefined {
  const missing = missingText(read);
  if (!missing) return undefined;
  return {
    key: 'missing',
    rank: RANK.note,
    severity: 'note',
    title: text('read.missing.title'),
    body: text('read.missing.body', { missing }),
  };
}

/** The clock note; `{span}` is the offset in words. */
function clockNotice({ severity, phrase, offsetMs }: NonNullable<Card['clock']>, words: Words): NoticeModel {
  return {
    key: 'clock',
    rank: RANK.clock,
    severity,
    title: text(phrase.id, offsetMs === undefined ? {} : { span: spanText(offsetMs, words) }),
    body: '',
  };
}

/** All that is to be told above the card, in no order. */
export function accessNotices(
  log: ErrorReport | undefined,
  access: AccessSummary | undefined,
  card: Card | undefined,
  faults: readonly ErrorReport[],
  askMatch: () => void,
  words: Words,
): readonly NoticeModel[] {
  const notices = faults.map(errorNotice);
  // Before anything of the device: what is done now is not on the record yet.
  if (log && notices.every(({ key }) => key !== log.code))
    notices.push({ ...errorNotice(log), rank: RANK.critical, severity: 'critical' });
  const ended = card ? readError(card) : undefined;
  if (ended && notices.every((notice) => notice.key !== ended.key)) notices.push(ended);
  if (card?.clock && card.clock.severity !== 'none') notices.push(clockNotice(card.clock, words));
  if (access?.state === 'open' && access.endsAt - words.now <= SOON_MS)
    notices.push({
      key: 'access',
      rank: RANK.access,
      severity: 'note',
      title: text('access.two'),
      body: text(access.extendable ? 'access.two.extend' : 'access.two.body'),
    });
  const missing = card && missingNotice(card);
  if (missing) notices.push(missing);
  const match = card && matchNotice(card.patientMatch);
  if (match) notices.push({ ...match, action: { label: text('patientMatch.title'), run: askMatch } });
  return notices;
}
