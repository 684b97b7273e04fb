import { dirname, join } from 'node:path';
import { isOneBoxError } from '@onebox/protocol/errors.js';
import { EVENTS } from '../audit/events.js';
import { AuditLog } from '../audit/log.js';
import { encodeReceipt, receiptOf } from '../audit/receipt.js';
import { KEY_FILE } from '../exports/log-copy.js';
import type { Files } from '../files/files.js';
import { replaceFile } from '../files/replace.js';
import { MARKER, readMarker, removeMarker, writeMarker } from './marker.js';
import type { Marker } from './marker-file.js';

export const RECEIPT_FILE = 'decommissioned.tlog-proof';

/** Where the log of a tablet that was decommissioned is, laid out as an export of the signed log. */
export const formerFolder = (dataFolder: string, log: string): string => join(dataFolder, 'former', log);

export interface Cleared {
  /** Undone: the log never said that the tablet was decommissioned, so it was not. */
  readonly outcome: 'cleared' | 'undone';
  /** Files that were destroyed now. */
  readonly files: number;
}

/**
 * Carries out a decommissioning that the log says, to its end: at a start, before anything else of the store is opened.
 * What is destroyed is all but what must stay: the log, its checkpoints, its key and the receipt go to `former/LOG`.
 * Each step can be done again. Undefined where there is none. Throws STORE_DENIED, VAULT_BROKEN.
 */
export async function finishDecommissioning(files: Files, dataFolder: string): Promise<Cleared | undefined> {
  const marker = await readMarker(files, dataFolder);
  if (marker === undefined) return undefined;
  if (marker.stage === 'prepared' && !(await commit(files, dataFolder, marker))) {
    await removeMarker(files, dataFolder);
    return { outcome: 'undone', files: 0 };
  }
  const former = formerFolder(dataFolder, marker.log);
  // The keys first: without them all the rest is noise.
  const destroyed = await destroyAll(files, dataFolder);
  await moveAll(files, join(dataFolder, 'audit'), join(former, 'audit'));
  await moveAll(files, join(dataFolder, 'vault'), join(former, 'vault'));
  await removeMarker(files, dataFolder);
  return { outcome: 'cleared', files: destroyed };
}

/** Whether the log says it. Then the receipt is durable, and the marker says that there is no way back. */
async function commit(files: Files, dataFolder: string, marker: Marker): Promise<boolean> {
  const audit = join(dataFolder, 'audit');
  // What was torn at its end is cut off, and said, before it is read for the last time.
  const log = await AuditLog.open({ folder: audit, keptFolder: join(dataFolder, 'vault'), files });
  const said = await log.records({ from: marker.entries });
  await log.close();
  const entry = said.find(({ event }) => event === EVENTS.decommissioned.number);
  if (entry === undefined) return false;
  const former = formerFolder(dataFolder, marker.log);
  await files.makeFolder(former);
  await replaceFile(files, join(former, KEY_FILE), Buffer.from(`${marker.key}\n`));
  const receipt = await receiptOf(files, audit, entry.index).catch((error: unknown) => {
    // The power went between the entry and its seal: it holds all the same, but nobody can sign it any more.
    if (isOneBoxError(error, 'INPUT_INVALID')) return undefined;
    throw error;
  });
  if (receipt !== undefined) await replaceFile(files, join(former, RECEIPT_FILE), Buffer.from(encodeReceipt(receipt)));
  await writeMarker(files, dataFolder, { ...marker, stage: 'committed' });
  return true;
}

const FIRST = ['vault.json', 'people.json'];
const isKept = (path: string): boolean =>
  path === MARKER ||
  path.startsWith('lock') ||
  path.startsWith('former/') ||
  /^audit\/[^/]+\.seg$/.test(path) ||
  /^vault\/checkpoint-\d+$/.test(path);

/** Answers how many files. What held keys is written over before it is removed. */
async function destroyAll(files: Files, dataFolder: string): Promise<number> {
  const relative = (path: string): string => path.slice(dataFolder.length + 1).replaceAll('\\', '/');
  const rank = (path: string): number => (FIRST.some((name) => path.endsWith(`/${name}`)) ? 0 : 1);
  const all = (await files.tree(dataFolder)).filter((path) => !isKept(relative(path)));
  for (const path of all.toSorted((a, b) => rank(a) - rank(b))) {
    if (/^(?:vault|records)\/.*\.(?:json|new)$/.test(relative(path))) await files.shred(path);
    await files.remove(path);
  }
  for (const folder of new Set(all.map((path) => dirname(path)))) await files.syncFolder(folder);
  return all.length;
}

async function moveAll(files: Files, from: string, to: string): Promise<void> {
  const names = await files.list(from);
  if (names.length === 0) return;
  await files.makeFolder(to);
  for (const name of names) await files.rename(join(from, name), join(to, name));
  // The new names before the old ones are gone for good.
  await files.syncFolder(to);
  await files.syncFolder(from);
}
