import { encodeReceipt } from '@onebox/gateway/audit/receipt.js';
import { assertNew, NewFile } from '@onebox/gateway/exports/new-file.js';
import { defaultDataFolder } from '@onebox/gateway/files/data-folder.js';
import { receiptFromStore } from '@onebox/gateway/store.js';
import type { Command } from '../commands/command.js';
import { EXIT, UsageError } from '../exit-codes.js';

/** A proof for somebody outside that an access is in the log. Works as `audit verify` does, on a copy too. */
export const auditReceipt: Command = {
  name: 'receipt',
  usage: 'audit receipt A-YEAR-NUMBER|ENTRY --out FILE [--data DIR] [--json]',
  summary: 'write the proof (.tlog-proof) that an access or an entry is in the signed log',
  options: ['out'],
  async run(args, output) {
    const [, , entry, ...more] = args.words;
    const index = /^(?:A-\d{4}-)?(\d{1,15})$/.exec(entry ?? '')?.[1];
    if (index === undefined || more.length > 0)
      throw new UsageError('audit receipt takes the reference of an access (A-2026-17) or the number of an entry.');
    const out = args.text('out');
    if (out === undefined || out === '') throw new UsageError('audit receipt needs --out FILE.');
    await assertNew(out);
    const folder = args.text('data') ?? defaultDataFolder(args.flag('practice'));
    const { receipt, key } = await receiptFromStore(folder, Number(index));
    const file = await NewFile.begin(out);
    try {
      await file.write(encodeReceipt(receipt));
      await file.finish();
      await file.publish();
    } catch (error) {
      await file.discard();
      throw error;
    }
    output.result({ entry: Number(index), out, ...(key === undefined ? {} : { key }) }, [
      `entry ${index}  ${out}`,
      ...(key === undefined ? [] : [`log key: ${key}`]),
    ]);
    return EXIT.ok;
  },
};
