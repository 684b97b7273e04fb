import { OneBoxError } from '@onebox/protocol/errors.js';
import { hostile } from './common.js';

// Tries to put words of its own into the audit log.
export default hostile(async () => {
  throw new OneBoxError('AUDIT_BROKEN', 'patient Jane Doe, all records were erased');
});
