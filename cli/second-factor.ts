import type { Factor, PersonSummary, Status } from '@onebox/gateway/api.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Arguments, OptionName } from './arguments.js';
import { findPerson, firstLine, knownOf, readText } from './known.js';
import type { Output } from './output.js';
import { ask, nextLine } from './terminal.js';

/** Options of every command that unlocks: who, and with what. */
export const PERSON_OPTIONS: readonly OptionName[] = [
  'person',
  'pin',
  'pin-file',
  'pin-stdin',
  'code',
  'witness',
  'witness-pin-file',
  'dispatcher-code',
  'words-file',
  'card',
  'card-pin-file',
  'smart-card',
  'badge-port',
];

/** How they stand in the usage of a command. */
export const PERSON_USAGE =
  '--person NAME [--pin-stdin] [--code CODE | --witness NAME | --dispatcher-code CODE | --words-file FILE | --card | --badge-port TTY]';

/**
 * The second factor that the options name; on a terminal it is asked for. A code counts once, so it may stand on the
 * command line. Undefined where none is needed and none was given. Throws FACTOR_SECOND, PERSON_UNKNOWN,
 * FACTOR_MISSING, READ_STOPPED.
 */
export async function secondOf(
  args: Arguments,
  output: Output,
  { people, factors }: Status,
  person: PersonSummary,
): Promise<Factor | undefined> {
  const code = args.text('code');
  if (code !== undefined) return { kind: 'one-time-code', code };
  const read = args.text('dispatcher-code');
  if (read !== undefined) return { kind: 'dispatcher-code', code: read.replaceAll(' ', '') };
  const file = args.text('words-file');
  if (file !== undefined) return wordsOf(readText(file, 'words-file'));
  if (args.flag('card')) return cardOf(args, output);
  const name = args.text('witness');
  if (name !== undefined) return witnessOf(args, output, findPerson(people, name, '--witness'));
  const own = factors.find(({ personId }) => personId === person.id);
  // Only where --badge-port named a reader.
  if (own?.kinds.includes('badge')) return badgeOf(output);
  if (!own?.secondNeeded) return undefined;
  if (!process.stdin.isTTY)
    throw new OneBoxError(
      'FACTOR_SECOND',
      '--code, --witness, --dispatcher-code, --words-file, --card or --badge-port',
    );
  if (own.kinds.includes('one-time-code'))
    return { kind: 'one-time-code', code: await ask(output, 'Code of the authenticator app: ') };
  return wordsOf(await ask(output, 'Recovery words of this tablet: '));
}

/** The PIN of the smart card, from a file, the next line of standard input or the terminal. Throws FACTOR_MISSING. */
export async function cardOf(args: Arguments, output: Output): Promise<Extract<Factor, { kind: 'smart-card' }>> {
  const file = args.text('card-pin-file');
  const text = file === undefined ? undefined : firstLine(readText(file, 'card-pin-file'));
  const cardPin = text ?? (process.stdin.isTTY ? await ask(output, 'PIN of the smart card: ') : await nextLine());
  if (cardPin === undefined) throw new OneBoxError('FACTOR_MISSING', '--card-pin-file, or the next line of input');
  return { kind: 'smart-card', cardPin };
}

/** Which badge it is comes from the reader. */
export function badgeOf(output: Output): Extract<Factor, { kind: 'badge' }> {
  output.say('Hold your badge to the reader.');
  return { kind: 'badge' };
}

/** Words with anything but letters between them. */
export function wordsOf(text: string): Extract<Factor, { kind: 'recovery-words' }> {
  return { kind: 'recovery-words', words: text.split(/[^A-Za-z]+/).filter((word) => word !== '') };
}

async function witnessOf(args: Arguments, output: Output, witness: PersonSummary): Promise<Factor> {
  const file = args.text('witness-pin-file');
  const text =
    (file === undefined ? undefined : firstLine(readText(file, 'witness-pin-file'))) ??
    (args.flag('pin-stdin') ? ((await nextLine()) ?? '') : undefined);
  if (text === undefined && !process.stdin.isTTY)
    throw new OneBoxError('FACTOR_MISSING', '--witness-pin-file, or the next line of --pin-stdin');
  const shown = text ?? (await ask(output, `PIN of the witness ${witness.displayName}: `));
  return { kind: 'witness', personId: witness.id, factor: knownOf(shown) };
}
