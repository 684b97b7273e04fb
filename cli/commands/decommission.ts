import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RECEIPT_FILE } from '@onebox/gateway/decommissioning/clearing.js';
import type { Decommissioned } from '@onebox/gateway/decommissioning/decommissioning.js';
import { assertNew, NewFile } from '@onebox/gateway/exports/new-file.js';
import { defaultDataFolder } from '@onebox/gateway/files/data-folder.js';
import { openStore } from '@onebox/gateway/store.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import { EXIT, UsageError } from '../exit-codes.js';
import { openStoreAs } from '../open-store.js';
import { PERSON_OPTIONS } from '../second-factor.js';
import type { Command } from './command.js';

/** The end of a tablet in these hands. Without the code of the tablet it only says what would be destroyed. */
export const decommission: Command = {
  name: 'decommission',
  usage: 'decommission --person NAME [--confirm CODE --out RECEIPT] [--pin-stdin] [--data DIR] [--json]',
  summary:
    'destroy all records, keys, people and trust of this tablet, for good; its log stays; for the device manager',
  options: [...PERSON_OPTIONS, 'confirm', 'out'],
  async run(args, output) {
    if (args.words.length !== 1) throw new UsageError('decommission takes no further words.');
    const [confirm, out] = [args.text('confirm'), args.text('out')];
    if (confirm !== undefined && !out) throw new UsageError('decommission --confirm needs --out RECEIPT.');
    if (out !== undefined) await assertNew(out);
    const done = await openStoreAs(args, output, async ({ decommissioning }, factor) => {
      const preview = await decommissioning.preview();
      if (confirm !== undefined) return await decommissioning.run(confirm, factor);
      const { records, people, drivers, keys, code } = preview;
      output.say(
        `This destroys ${records} records, ${people} people, ${drivers} driver packages, ${keys} trusted keys.`,
      );
      throw new OneBoxError('DECOMMISSION_CONFIRM', `--confirm ${code}`, { code });
    });
    // The next opening destroys what is left: that is now.
    await (await openStore(args.text('data') ?? defaultDataFolder(args.flag('practice')))).close();
    await copyReceipt(join(done.former, RECEIPT_FILE), out ?? '');
    output.result({ ...done, receipt: out }, lines(done, out ?? ''));
    return EXIT.ok;
  },
};

async function copyReceipt(from: string, out: string): Promise<void> {
  const file = await NewFile.begin(out);
  try {
    await file.write(readFileSync(from, 'utf8'));
    await file.finish();
    await file.publish();
  } catch (error) {
    await file.discard();
    throw error;
  }
}

function lines({ records, people, drivers, keys, key, entry, former }: Decommissioned, out: string): string[] {
  return [
    `destroyed: ${records} records, ${people} people, ${drivers} driver packages, ${keys} trusted keys, all keys of the vault`,
    `receipt of entry ${entry}: ${out}`,
    `log key: ${key}`,
    `the log stays in ${former}`,
  ];
}
