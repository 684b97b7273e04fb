import { keysStatus } from '../keys/status.js';
import { keysUnseal } from '../keys/unseal.js';
import { commandGroup } from './group.js';

/** What holds the keys of a tablet: `onebox keys NAME ...`. */
export const keys = commandGroup('keys', "the seal of the system's secret store on the keys", [keysStatus, keysUnseal]);
