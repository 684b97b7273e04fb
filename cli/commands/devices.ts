import { setTimeout as sleep } from 'node:timers/promises';
import { phraseText, readable } from '@onebox/gateway/card/plain-words.js';
import { DeviceTracker } from '@onebox/gateway/discovery/device-list.js';
import { Matcher } from '@onebox/gateway/discovery/match.js';
import { openRadios } from '../engine.js';
import { EXIT } from '../exit-codes.js';
import { installedDrivers } from '../installed.js';
import { onInterrupt } from '../interrupt.js';
import type { Command } from './command.js';

/** Listens only: nothing is sent to a device, so no person is needed. */
export const devices: Command = {
  name: 'devices',
  usage: 'devices [--seconds N] [--practice] [--json]',
  summary: 'list what is in range, which driver would read it, and why',
  options: ['seconds'],
  async run(args, output) {
    const seconds = args.number('seconds', args.flag('practice') ? 3 : 8, 1, 600);
    const { drivers } = await installedDrivers(args);
    const radios = await openRadios(args);
    const tracker = new DeviceTracker({
      providers: radios.providers,
      matcher: new Matcher(drivers.manifests),
      practice: args.flag('practice'),
      changed: () => undefined,
    });
    try {
      const interrupt = onInterrupt(() => output.say('Stopping ...'));
      output.say(`Listening for ${seconds} s ...`);
      await tracker.start();
      await sleep(seconds * 1000, undefined, { signal: interrupt }).catch(() => undefined);
      const list = tracker.list();
      for (const fault of list.faults) output.say(`${fault.code}  ${fault.summary} ${fault.remedy}`);
      output.result(list, [
        ...(args.flag('developer') ? ['DEVELOPER'] : []),
        ...list.devices.map((row) => {
          const driver = row.drivers[0] ? `${row.drivers[0].id} ${row.drivers[0].version}` : 'no driver';
          const why = row.why.map(({ id, params }) =>
            phraseText(
              id,
              Object.fromEntries(Object.entries(params ?? {}).map(([key, value]) => [key, String(value)])),
            ),
          );
          return [
            row.practice ? 'PRACTICE' : '',
            readable(row.deviceClass),
            row.name ?? '',
            row.id,
            row.match,
            row.signal ?? row.transport,
            driver,
            `(${why.join(', ')})`,
          ]
            .filter(Boolean)
            .join('  ');
        }),
      ]);
      if (interrupt.aborted) return EXIT.interrupted;
      return list.faults.length > 0 && list.devices.length === 0 ? EXIT.device : EXIT.ok;
    } finally {
      await tracker.stop();
      await Promise.all(radios.providers.map((provider) => provider.dispose()));
      await radios.stop();
    }
  },
};
