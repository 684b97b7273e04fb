import { parseDriverPackage, signPackage } from '@onebox/gateway/driver-packages/container.js';
import type { Command } from '../commands/command.js';
import { EXIT } from '../exit-codes.js';
import { packageNamed, readPackage, signerOf, writePackage } from './package-file.js';

/** Vendor first or reviewer first: a package has room for both. */
export const driverSign: Command = {
  name: 'sign',
  usage: 'driver sign PACKAGE --key FILE [--out FILE] [--json]',
  summary: 'add a signature to a package, as its vendor or as its reviewer',
  options: ['key', 'out'],
  async run(args, output) {
    const file = packageNamed(args);
    const signed = signPackage(readPackage(file), signerOf(args));
    const out = args.text('out') ?? file;
    writePackage(out, signed);
    const { id, version, signatures } = parseDriverPackage(signed);
    const names = signatures.map(({ name }) => name);
    const next =
      names.length < 2 ? `onebox driver sign ${out} --key FILE  (the other one)` : `onebox driver verify ${out}`;
    output.result({ driver: id, version, file: out, signatures: names, next }, [
      `${id} ${version}  ${out}  signed by ${names.join(' and ')}`,
      `Next: ${next}`,
    ]);
    return EXIT.ok;
  },
};
