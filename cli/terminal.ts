import { createInterface } from 'node:readline';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Output } from './output.js';

const LONGEST_LINE = 1000;
let rest = '';
let ended = false;

/** The next line of standard input; undefined when there is none. What follows waits for the next call. */
export async function nextLine(): Promise<string | undefined> {
  for (;;) {
    const at = rest.indexOf('\n');
    if (at >= 0 || ended || rest.length > LONGEST_LINE) {
      const line = at >= 0 ? rest.slice(0, at) : rest;
      const none = at < 0 && rest === '';
      rest = at >= 0 ? rest.slice(at + 1) : '';
      return none ? undefined : line.replace(/\r$/, '');
    }
    await more();
  }
}

/** Paused between lines: a writer that does not close holds nobody. */
function more(): Promise<void> {
  const { stdin } = process;
  return new Promise((resolve) => {
    const done = (): void => {
      stdin.off('data', data).off('end', end).off('error', end);
      stdin.pause();
      resolve();
    };
    const data = (chunk: unknown): void => {
      rest += String(chunk);
      done();
    };
    const end = (): void => {
      ended = true;
      done();
    };
    stdin.on('data', data).on('end', end).on('error', end);
    stdin.resume();
  });
}

/** Asks on the terminal without showing what is typed: nothing is echoed, as there is no output. Throws READ_STOPPED, FACTOR_MISSING. */
export function ask(output: Output, prompt: string): Promise<string> {
  // Raw first, then the question: what is typed early would be echoed by the terminal.
  const lines = createInterface({ input: process.stdin, terminal: true });
  output.ask(prompt);
  return new Promise<string>((resolve, reject) => {
    lines.once('line', resolve);
    // Ctrl+C and Ctrl+D: the line is raw, so that no signal comes.
    lines.once('SIGINT', () => reject(new OneBoxError('READ_STOPPED')));
    lines.once('close', () => reject(new OneBoxError('FACTOR_MISSING')));
  }).finally(() => {
    lines.close();
    output.ask('\n');
  });
}
