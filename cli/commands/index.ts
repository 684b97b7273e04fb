import { cases } from './cases.js';
import type { Command } from './command.js';

/** All words of the command, in the order of the help. */
export const commands: readonly Command[] = [cases];
