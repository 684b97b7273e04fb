import type { Gateway } from '@onebox/gateway/gateway.js';
import type { Arguments } from '../arguments.js';
import { NO_RADIOS, openEngine } from '../engine.js';
import { EXIT, UsageError } from '../exit-codes.js';
import { addCode } from '../factors.js';
import { firstSecretOf, knownOf } from '../known.js';
import type { Output } from '../output.js';
import { pinOf, roleOf, unlock } from '../person.js';
import { PERSON_OPTIONS } from '../second-factor.js';
import type { Command } from './command.js';

/** People of a store. Nobody exists before the first one, and there is no default PIN; others are enrolled by somebody. */
export const enrol: Command = {
  name: 'enrol',
  usage:
    'enrol --name NAME [--role ROLE] [--pin-stdin] [--one-time-code] [--person WHO-ENROLS --new-pin-file FILE ...] [--data DIR]',
  summary: 'enrol a person on this tablet; prints the recovery words once',
  options: ['name', 'role', 'new-pin-file', 'one-time-code', ...PERSON_OPTIONS],
  async run(args, output) {
    const displayName = args.text('name');
    if (displayName === undefined) throw new UsageError('enrol needs --name NAME.');
    const role = roleOf(args);
    if (args.text('person') !== undefined) return enrolAnother(args, output, displayName);
    const pin = await pinOf(args, output, 'New PIN, 6 digits, or passphrase: ');
    const engine = await openEngine(args, {}, true, NO_RADIOS);
    try {
      const { person, recoveryWords } = await engine.gateway.call('enrol', {
        displayName,
        role,
        ...firstSecretOf(pin),
      });
      output.say('Write the recovery words down now. They are not shown again.');
      const hasCode = args.flag('one-time-code') ? await addFirstCode(engine.gateway, output, pin) : true;
      output.result({ person, recoveryWords }, [
        `${person.displayName}  ${person.role}  ${person.id}`,
        `recovery words: ${recoveryWords.join(' ')}`,
      ]);
      return hasCode ? EXIT.ok : EXIT.failed;
    } finally {
      await engine.close();
    }
  },
};

/** The person is enrolled whatever becomes of the app: the words are shown only now. */
async function addFirstCode(gateway: Gateway, output: Output, pin: string): Promise<boolean> {
  try {
    await addCode(gateway, output, knownOf(pin));
    return true;
  } catch (error) {
    output.tell(error);
    output.say('No authenticator app is enrolled. Begin again with: onebox factor one-time-code.');
    return false;
  }
}

async function enrolAnother(args: Arguments, output: Output, displayName: string): Promise<number> {
  const engine = await openEngine(args, {}, true, NO_RADIOS);
  try {
    await unlock(engine.gateway, args, output);
    const pin = await pinOf(args, output, `New PIN of ${displayName}, 6 digits, or passphrase: `, 'new-pin-file');
    const { person } = await engine.gateway.call('enrol', { displayName, role: roleOf(args), ...firstSecretOf(pin) });
    output.result({ person }, [`${person.displayName}  ${person.role}  ${person.id}`]);
    return EXIT.ok;
  } finally {
    await engine.close();
  }
}
