import type { PatientMatch } from '@onebox/gateway/card/model.js';
import { type NoticeModel, RANK } from '../../components/Notice.js';
import { text } from '../../messages/i18n.js';

/** What is to be told of the match: nothing once it is confirmed. Another patient's device comes before the link. */
export function matchNotice({ state }: PatientMatch): NoticeModel | undefined {
  if (state === 'confirmed') return undefined;
  const contradicted = state === 'contradicted';
  return {
    key: 'match',
    rank: contradicted ? RANK.critical : RANK.note,
    severity: contradicted ? 'critical' : 'check',
    title: text(`patientMatch.${state}`),
    body: text(`patientMatch.${state}.body`),
  };
}
