import { NewFile } from '@onebox/gateway/exports/new-file.js';
import type { Gateway } from '@onebox/gateway/gateway.js';
import type { Output } from '../output.js';

/** Hands an open access over to a new file. Its words are said once, beside the result, also with `--quiet`. */
export async function saveHandOver(gateway: Gateway, accessId: string, out: string, output: Output): Promise<void> {
  const { content, words, practice } = await gateway.call('handOver', { accessId });
  const file = await NewFile.begin(out);
  try {
    await file.write(Buffer.from(content, 'base64'));
    await file.finish();
    await file.publish();
  } catch (error) {
    await file.discard();
    throw error;
  }
  output.say(
    `${practice ? 'PRACTICE  ' : ''}Handed over, encrypted: ${out}. Say or write down the words, away from the file.`,
  );
  output.ask(`words: ${words.join(' ')}\n`);
}
