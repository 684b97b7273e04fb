import type { HandedOver } from '@onebox/gateway/api.js';
import { fromReport } from '@onebox/protocol/errors.js';

/**
 * Saves a hand-over: in the window where the person says, in a browser as it saves all files. True when it is saved,
 * false when the person left the dialog. Throws HANDOVER_UNSAVED.
 */
export async function saveHandOver(page: Window, { fileName, content }: HandedOver): Promise<boolean> {
  if (!page.onebox) {
    download(page.document, fileName, content);
    return true;
  }
  const answer = await page.onebox.saveHandOver();
  if (!answer.ok) throw fromReport(answer.error);
  return answer.value === 'saved';
}

function download(document: Document, fileName: string, content: string): void {
  const bytes = Uint8Array.from(atob(content), (char) => char.charCodeAt(0));
  const url = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  // The browser has taken it by the next turn.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
