import { extname } from 'node:path';
import { APP_ORIGIN } from '@onebox/gateway/access/webauthn/relying-party.js';
import type { DownloadItem, WebContents } from 'electron';

/** The kinds of files that the page hands over: receipts and back-ups. */
const ENDINGS = new Set(['.tlog-proof', '.onebox-backup']);

/** A file that our own page made and hands to the person, who is asked where to. Everything else is no download. */
export function isOwnFile(
  item: Pick<DownloadItem, 'getURL' | 'getFilename'>,
  from: Pick<WebContents, 'getURL'>,
): boolean {
  return (
    item.getURL().startsWith(`blob:${APP_ORIGIN}/`) &&
    from.getURL().startsWith(`${APP_ORIGIN}/`) &&
    ENDINGS.has(extname(item.getFilename()))
  );
}
