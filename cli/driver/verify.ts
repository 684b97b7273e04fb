import { join } from 'node:path';
import { nodeLauncher } from '@onebox/gateway/driver-host/launcher.js';
import { parseDriverPackage } from '@onebox/gateway/driver-packages/container.js';
import { openPackedDriver } from '@onebox/gateway/driver-packages/packed-driver.js';
import { selfTest } from '@onebox/gateway/driver-packages/self-test.js';
import { type Signers, Trust } from '@onebox/gateway/driver-packages/trust.js';
import { defaultDataFolder } from '@onebox/gateway/files/data-folder.js';
import { Disk } from '@onebox/gateway/files/disk.js';
import { isOneBoxError, type OneBoxError } from '@onebox/protocol/errors.js';
import type { Command } from '../commands/command.js';
import { EXIT, exitCode } from '../exit-codes.js';
import { packageNamed, readPackage } from './package-file.js';

/** What the tablet would do with a package, without a tablet: hashes, content, self-test, and both signatures. */
export const driverVerify: Command = {
  name: 'verify',
  usage: 'driver verify PACKAGE [--data DIR] [--json]',
  summary: 'check hashes, content, self-test and signatures of a package; nothing is installed',
  options: [],
  async run(args, output) {
    const file = packageNamed(args);
    const opened = parseDriverPackage(readPackage(file));
    const { id, version, files, signatures } = opened;
    const packed = openPackedDriver(opened);
    await selfTest(packed, nodeLauncher());
    const folder = join(args.text('data') ?? defaultDataFolder(args.flag('practice')), 'drivers');
    const trust = await Trust.load(new Disk(), folder);
    const signed = signersOf(() => trust.signers(opened));
    const names = signatures.map(({ name }) => name);
    output.result(
      {
        driver: id,
        version,
        files: [...files.keys()],
        recordings: packed.selfTest.length,
        signatures: names,
        ...signed.said,
      },
      [
        `${id} ${version}  ${packed.manifest.vendor}`,
        `  ok    content     ${files.size} files, every hash holds`,
        `  ok    self-test   ${packed.selfTest.length} recordings, the same findings`,
        signed.error
          ? `  FAIL  signatures  ${signed.error.detail}; ${names.length === 0 ? 'nobody has signed' : `signed by ${names.join(' and ')}`}`
          : `  ok    signatures  ${names.join(' and ')}`,
      ],
    );
    if (signed.error) output.tell(signed.error);
    else output.say(`Next: onebox driver install ${file}`);
    return signed.error ? exitCode(signed.error) : EXIT.ok;
  },
};

interface Judged {
  readonly said: { readonly trusted: boolean } & Partial<Signers>;
  readonly error?: OneBoxError;
}

function signersOf(ask: () => Signers): Judged {
  try {
    return { said: { trusted: true, ...ask() } };
  } catch (error) {
    if (!isOneBoxError(error, 'DRIVER_UNTRUSTED')) throw error;
    return { said: { trusted: false }, error };
  }
}
