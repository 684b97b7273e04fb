/** The generated message of an entry of the log, apart from the others: all that a start reads of the schema. */
import './numbers.js';
import { onebox } from './generated/audit.js';

export import v1 = onebox.v1;

export type AuditRecord = onebox.v1.IAuditRecord;
