import { readFileSync } from 'node:fs';

/** A fenced block of a page, or a command that the page needs before it and does not show. */
export interface Block {
  readonly page: string;
  /** Of the fence, from 1. */
  readonly line: number;
  readonly language: string;
  /** What stands behind the language: `file=acme/driver.ts`, `any-exit`, `manifest`. */
  readonly words: readonly string[];
  readonly text: string;
}

/** All blocks of a page in their order. `<!-- setup: COMMAND -->` is a console block of its own. */
export function blocksOf(page: string, path: string): readonly Block[] {
  const blocks: Block[] = [];
  let open: { readonly line: number; readonly info: string; readonly lines: string[] } | undefined;
  for (const [index, line] of readFileSync(path, 'utf8').split('\n').entries()) {
    const setup = /^<!-- setup: (.+) -->$/.exec(line)?.[1];
    if (open && line.startsWith('```')) {
      const [language = '', ...words] = open.info.split(' ');
      blocks.push({ page, line: open.line, language, words, text: `${open.lines.join('\n')}\n` });
      open = undefined;
    } else if (open) open.lines.push(line);
    else if (line.startsWith('```')) open = { line: index + 1, info: line.slice(3).trim(), lines: [] };
    else if (setup) blocks.push({ page, line: index + 1, language: 'console', words: [], text: `$ ${setup}\n` });
  }
  if (open) throw new Error(`${page}:${open.line} the block has no end`);
  return blocks;
}

/** Commands of a console block with the output that the page shows. */
export function commandsOf({
  text,
}: Block): readonly { readonly command: string; readonly shown: readonly string[] }[] {
  const commands: { command: string; shown: string[] }[] = [];
  for (const line of text.split('\n'))
    if (line.startsWith('$ ')) commands.push({ command: line.slice(2), shown: [] });
    else if (line.trim() !== '') commands.at(-1)?.shown.push(line);
  return commands;
}

/** Whether an output line is the one shown; `...` stands for anything, and blanks between words do not count. */
export function isShown(shown: string, line: string): boolean {
  const escaped = shown
    .trim()
    .split('...')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\s+/g, '\\s+'));
  return new RegExp(`^\\s*${escaped.join('.*')}\\s*$`).test(line);
}
