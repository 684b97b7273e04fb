import { handOverOpen } from '../handover/open.js';
import { commandGroup } from './group.js';

/** What can be done with a hand-over: `onebox handover NAME ...`. One is made by `onebox read --hand-over FILE`. */
export const handover = commandGroup('handover', 'open a hand-over that `read --hand-over FILE` or the window made', [
  handOverOpen,
]);
