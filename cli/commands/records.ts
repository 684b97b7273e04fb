import { recordsErase } from '../records/erase.js';
import { recordsList } from '../records/list.js';
import { commandGroup } from './group.js';

/** What can be done with the records of a tablet: `onebox records NAME ...`. */
export const records = commandGroup('records', 'list and erase the sealed records', [recordsList, recordsErase]);
