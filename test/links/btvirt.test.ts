import { describeLinkContract } from '@onebox/gateway/links/contract.js';
import { unixTransport } from '@onebox/simulation/radio/h4.js';
import { describe, test } from 'vitest';
import { btvirtMissing, startBtvirt } from '../btvirt/btvirt.js';
import { bleWorld } from './lab.js';

// The second opinion: the same contract over BlueZ's controllers. They have no range, no signal strength, and repeat
// no advertisement, so those tests run on the virtual radio only.
const missing = btvirtMissing();
if (missing) {
  describe(`link contract over btvirt: not run, missing ${missing}`, () => test.skip('skipped', () => {}));
} else {
  describeLinkContract('noble on BlueZ btvirt', { transport: 'ble', rssi: false, range: false }, async () => {
    const btvirt = await startBtvirt();
    const world = await bleWorld(() => unixTransport(btvirt.socket), ['00:aa:01:00:00:42', '00:aa:01:01:00:42']);
    return {
      ...world,
      async dispose() {
        await world.dispose();
        btvirt.stop();
      },
    };
  });
}
