import { OneBoxError, toOneBoxError } from '@onebox/protocol/errors.js';
import { UsageError } from './exit-codes.js';

/** stdout is for data, stderr for talk. With `--json`, stdout carries exactly one JSON document. */
export class Output {
  private wrote = false;

  constructor(
    readonly json: boolean,
    private readonly quiet = false,
    private readonly out: NodeJS.WritableStream = process.stdout,
    private readonly err: NodeJS.WritableStream = process.stderr,
  ) {}

  /** The result: `value` as JSON, or the lines of text. */
  result(value: unknown, lines: readonly string[]): void {
    if (this.wrote) throw new Error('a command has one result');
    this.wrote = true;
    this.out.write(this.json ? `${JSON.stringify(value, null, 2)}\n` : lines.map((line) => `${line}\n`).join(''));
  }

  /** Talk: what happens, what to do next. */
  say(line: string): void {
    if (!this.quiet) this.err.write(`${line}\n`);
  }

  /** A question on the terminal: asked also with `--quiet`. */
  ask(prompt: string): void {
    this.err.write(prompt);
  }

  /** An error beside the result: coded, with what to do. */
  tell(error: unknown): void {
    if (error instanceof UsageError) {
      this.err.write(`${error.message}\nSee onebox help.\n`);
      return;
    }
    const known = toOneBoxError(error);
    const { code, summary, detail, remedy } = known.toJSON();
    this.err.write(`${code}  ${summary}${detail ? ` (${detail})` : ''}\n        ${remedy}\n`);
    if (known.kind === 'INTERNAL' && known.cause instanceof Error && process.env.ONEBOX_DEBUG)
      this.err.write(`${known.cause.stack}\n`);
  }

  /** The error that ends the command: also the JSON document, when nothing else was written. */
  fail(error: unknown): void {
    this.tell(error);
    if (!this.json || this.wrote) return;
    const known = error instanceof UsageError ? new OneBoxError('INPUT_INVALID', error.message) : toOneBoxError(error);
    this.result({ error: known.toJSON() }, []);
  }
}
