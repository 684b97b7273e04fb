import type { HandedOver } from '@onebox/gateway/api.js';
import { fromReport } from '@onebox/protocol/errors.js';
import { bytesOf, saveFile } from '../state/save-file.js';

/**
 * Saves a hand-over: in the window where the person says, in a browser as it saves all files. True when it is saved,
 * false when the person left the dialog. Throws HANDOVER_UNSAVED.
 */
export async function saveHandOver(page: Window, { fileName, content }: HandedOver): Promise<boolean> {
  if (!page.onebox) {
    saveFile(fileName, bytesOf(content));
    return true;
  }
  const answer = await page.onebox.saveHandOver();
  if (!answer.ok) throw fromReport(answer.error);
  return answer.value === 'saved';
}
