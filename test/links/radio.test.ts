import { describeLinkContract } from '@onebox/gateway/links/contract.js';
import type { Controller } from '@onebox/simulation/radio/controller.js';
import { Radio } from '@onebox/simulation/radio/radio.js';
import { bleWorld } from './lab.js';

describeLinkContract('noble on the virtual radio', { transport: 'ble', rssi: true, range: true }, async () => {
  const radio = new Radio({ maxSupervisionTimeoutMs: 300 });
  return bleWorld(
    () => radio.attach(),
    ['00:aa:01:00:00:01', '00:aa:01:00:00:02'],
    {},
    (peripheral, adapter) => {
      const theirs = peripheral.controller as Controller;
      return {
        range: (near) => radio.setInRange(theirs, adapter.transports[0] as Controller, near),
        rssi: (dbm) => radio.setRssi(theirs, dbm),
      };
    },
  );
});
