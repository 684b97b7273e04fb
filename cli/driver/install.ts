import type { Command } from '../commands/command.js';
import { EXIT } from '../exit-codes.js';
import { packageNamed, readPackage } from './package-file.js';
import { changeDrivers, MANAGER_OPTIONS } from './tablet.js';

/** Puts a package on this tablet. */
export const driverInstall: Command = {
  name: 'install',
  usage: 'driver install PACKAGE [--person NAME --pin-stdin] [--data DIR] [--developer] [--json]',
  summary: 'take a signed driver into use on this tablet; with --developer also one that is not signed',
  options: MANAGER_OPTIONS,
  async run(args, output) {
    const bytes = readPackage(packageNamed(args));
    const installed = await changeDrivers(args, output, (packages) => packages.install(bytes));
    const { id, version, signed } = installed;
    if (!signed) output.say('Not signed by both: it runs with --developer only, and every screen says DEVELOPER.');
    output.result(installed, [`${id} ${version}  ${signed ? 'in use' : 'in use with --developer'}`]);
    return EXIT.ok;
  },
};
