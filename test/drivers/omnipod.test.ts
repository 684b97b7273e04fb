import driver from '@onebox/drivers/omnipod/driver.js';
import { omnipodBridge } from '@onebox/drivers/omnipod/simulator.js';
import { expect, it } from 'vitest';
import { readBridge } from './read-bridge.js';
it('x', async () => {
  const r = await readBridge(driver, omnipodBridge());
  console.log(JSON.stringify(r.run), r.traces, r.findings.map((f) => JSON.stringify(f)).join('\n'));
  expect(1).toBe(1);
});
