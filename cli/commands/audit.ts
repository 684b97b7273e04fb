import { auditExport } from '../audit/export.js';
import { auditReceipt } from '../audit/receipt.js';
import { auditReview } from '../audit/review.js';
import { auditShow } from '../audit/show.js';
import { auditVerify } from '../audit/verify.js';
import { commandGroup } from './group.js';

/** What can be done with the log: `onebox audit NAME ...`. */
export const audit = commandGroup('audit', 'check, list and export the audit log', [
  auditVerify,
  auditShow,
  auditExport,
  auditReceipt,
  auditReview,
]);
