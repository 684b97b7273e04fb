import { toOneBoxError } from '@onebox/protocol/errors.js';
import { errorNotice, type NoticeModel } from './Notice.js';

/** A thrown error as a notice. */
export function noticeOf(error: unknown): NoticeModel {
  return errorNotice(toOneBoxError(error).toJSON());
}
