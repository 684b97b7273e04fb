import { cardLines, utcText } from '../card/card-text.js';
import { harmless, plain } from './plain.js';
import type { Content } from './read-out.js';

/** The ten-second card as one page of plain text, UTF-8: for the eye, and for a printer with a fixed font. */

const WIDTH = 92;
const RULE = '-'.repeat(WIDTH);

export function cardPage(content: Content): string {
  const { card, session, madeAt, reference, practice, version } = content;
  const read = session.endedUnixMs || madeAt;
  const magnet = card.magnet;
  const lines = [
    ...(practice ? ['*** PRACTICE *** PRACTICE *** A SIMULATED DEVICE OF NOBODY ***', ''] : []),
    `OneBox hand-over  ${reference}`,
    `Read ${utcText(session.startedUnixMs ?? 0)} to ${utcText(read)}. Read only. Not a monitor: it does not follow the device.`,
    RULE,
    ...cardLines(card).flatMap((line) => wrapped(harmless(line))),
    RULE,
    ...(card.read.missing.length > 0 ? wrapped(`Not read: ${card.read.missing.join(', ')}.`) : []),
    ...(magnet && magnet.afterReadSeconds > 0 && magnet.duringRead !== 'honoured'
      ? wrapped(`A magnet may not stop shocks for ${magnet.afterReadSeconds} s after the read.`)
      : []),
    'Times are of the tablet, in UTC, unless they are called those of the device.',
    'Words in quotes are the device’s own. OneBox knows no normal range and gives no advice.',
    `OneBox ${version}, driver ${plain(session.driver?.id)} ${plain(session.driver?.version)}`,
    ...(practice ? ['', '*** PRACTICE *** PRACTICE *** A SIMULATED DEVICE OF NOBODY ***'] : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** Broken at blanks; what goes on is moved in. A word that is too long stays whole. */
function wrapped(line: string): string[] {
  const lines: string[] = [];
  let rest = line;
  while (rest.length > WIDTH) {
    const at = rest.lastIndexOf(' ', WIDTH);
    if (at <= 4) break;
    lines.push(rest.slice(0, at));
    rest = `    ${rest.slice(at + 1)}`;
  }
  return [...lines, rest];
}
