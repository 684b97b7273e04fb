import { join } from 'node:path';
import { AccessControl } from './access/access.js';
import { AuditLog } from './audit/log.js';
import { RecordStore } from './records/store.js';
