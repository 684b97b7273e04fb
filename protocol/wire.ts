/**
 * The messages of onebox.v1 for the sandbox of a driver: encode, decode and create, nothing else, and without the
 * audit log. A tenth of the size of messages.ts, and the same bytes. Types of plain objects come from messages.ts.
 */
import './numbers.js';
import { onebox } from './generated/wire.js';

export const v1 = onebox.v1;
