import { setTimeout as sleep } from 'node:timers/promises';
import type { IdentityList } from '@onebox/gateway/api.js';
import { readable } from '@onebox/gateway/card/plain-words.js';
import { openEngine } from '../engine.js';
import { EXIT } from '../exit-codes.js';
import { onInterrupt } from '../interrupt.js';
import { findPerson } from '../known.js';
import { reasonOf } from '../person.js';
import type { Command } from './command.js';

/** Tier 0, for a rescuer who cannot unlock: class and maker of what is around, with a reason and a witness, no factor. */
export const identify: Command = {
  name: 'identify',
  usage: 'identify --reason REASON --witness NAME [--seconds N] [--data DIR] [--practice] [--json]',
  summary: 'emergency without a PIN: class and maker of the devices around; recorded',
  options: ['reason', 'witness', 'seconds'],
  async run(args, output) {
    const reason = reasonOf(args);
    const seconds = args.number('seconds', args.flag('practice') ? 3 : 8, 1, 600);
    const engine = await openEngine(args, {}, true);
    const interrupt = onInterrupt(() => output.say('Stopping ...'));
    try {
      const { gateway } = engine;
      const { people } = await gateway.call('status');
      const witness = findPerson(people, args.text('witness'), '--witness');
      let list: IdentityList | undefined;
      gateway.subscribe((event) => {
        if (event.type === 'identities') list = event.list;
      });
      list = await gateway.call('openTierZero', { reason, witnessId: witness.id });
      output.say(`Listening for ${seconds} s ...`);
      await sleep(seconds * 1000, undefined, { signal: interrupt }).catch(() => undefined);
      const { rows, faults } = list;
      await gateway.call('closeTierZero');
      for (const fault of faults) output.say(`${fault.code}  ${fault.summary} ${fault.remedy}`);
      output.result(
        { rows },
        rows.map(({ practice, deviceClass, company, match, signal, transport }) =>
          [practice ? 'PRACTICE' : '', readable(deviceClass), company ?? '', match, signal ?? transport]
            .filter(Boolean)
            .join('  '),
        ),
      );
      if (interrupt.aborted) return EXIT.interrupted;
      return faults.length > 0 && rows.length === 0 ? EXIT.device : EXIT.ok;
    } finally {
      await engine.close();
    }
  },
};
