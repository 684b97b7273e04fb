import type { CommandName, Decommissioned } from './api.js';
import type { Backup } from './backup/backup.js';
import { newBackupWords } from './backup/bundle.js';
import type { Handlers } from './commands.js';
import type { Decommissioning } from './decommissioning/decommissioning.js';
import type { RecordKeeping } from './records/keeping.js';

export type KeepCommand = Extract<
  CommandName,
  'records' | 'eraseRecords' | 'receipt' | 'backUp' | 'restore' | 'tabletInventory' | 'decommission'
>;

export interface KeepParts {
  readonly records: RecordKeeping;
  readonly backup: Backup;
  readonly decommissioning: Decommissioning;
  /** Seals the log, and gives the receipt of an entry. Throws INPUT_INVALID where no signed checkpoint covers it. */
  readonly receiptOf: (entry: number) => Promise<string>;
  /** Closes the store for good and destroys what is left. Does not throw: the next start does what is left over. */
  readonly end: () => Promise<void>;
}

/** What those do who look after the tablet: records, back-up, restore, the end of it. */
export function keepCommands({
  records,
  backup,
  decommissioning,
  receiptOf,
  end,
}: KeepParts): Pick<Handlers, KeepCommand> {
  return {
    records: async () =>
      (await records.list()).map(({ accessId, reference, startedAt, dueAt, bytes }) => ({
        reference: reference ?? accessId,
        startedAt,
        dueAt,
        bytes,
      })),
    eraseRecords: async ({ order, factor }) => {
      const { records: count, entries } = await records.erase(order, factor);
      return { records: count, entries };
    },
    receipt: async ({ entry }) => ({ entry, text: await receiptOf(entry) }),
    backUp: async ({ factor }) => {
      const words = newBackupWords();
      const { file, key, summary } = await backup.make(words, factor);
      return { ...summary, file: Buffer.from(file).toString('base64'), words: words.split(' '), key };
    },
    restore: ({ file, passphrase, key, factor }) =>
      backup.restore(Buffer.from(file, 'base64'), passphrase, key === undefined ? [] : [key], factor),
    tabletInventory: () => decommissioning.preview(),
    decommission: async ({ confirm, factor }): Promise<Decommissioned> => {
      const { records, people, drivers, keys, entry, key } = await decommissioning.run(confirm, factor);
      const receipt = await receiptOf(entry).catch(() => undefined);
      await end();
      return { records, people, drivers, keys, entry, key, ...(receipt === undefined ? {} : { receipt }) };
    },
  };
}
