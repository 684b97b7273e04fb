import type { Arguments, OptionName } from '../arguments.js';
import type { Output } from '../output.js';

/** One word of the `onebox` command. */
export interface Command {
  readonly name: string;
  /** How it is called, for the help. */
  readonly usage: string;
  /** What it does, in one line. */
  readonly summary: string;
  /** Options besides the common ones. */
  readonly options: readonly OptionName[];
  /** Where its second word names one of several: all of them, for the help. */
  readonly parts?: readonly Command[];
  /** Returns the exit code; throws OneBoxError or UsageError. */
  run(args: Arguments, output: Output): Promise<number>;
}
