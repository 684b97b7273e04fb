// Reads an encrypted value of a simulated device and disposes of the provider: nothing may keep the process alive.
import { BleProvider } from '@onebox/gateway/links/ble/provider.js';
import { startPeripheral } from '@onebox/simulation/radio/peripheral.js';
import { Radio } from '@onebox/simulation/radio/radio.js';
import { VirtualAdapter } from '@onebox/simulation/radio/virtual-adapter.js';

const QUICK = { deadlineMs: 3_000 };
const radio = new Radio();
const read = () => Buffer.from('secret');
await startPeripheral(radio.attach(), {
  advertisement: { name: 'lab', services: ['FFF0'] },
  services: [{ uuid: 'FFF0', characteristics: [{ uuid: 'FFF1', properties: ['read'], encrypted: true, read }] }],
});
const provider = new BleProvider({ hciSocket: new VirtualAdapter(() => radio.attach()).hciSocket });
let heard;
const found = new Promise((resolve) => {
  heard = resolve;
});
const wait = setTimeout(() => process.exit(2), 5_000);
const scan = await provider.scan({ seen: (sighting) => heard(sighting.id), gone: () => {}, state: () => {} });
const link = await provider.open(await found, QUICK);
clearTimeout(wait);
process.stdout.write(await link.read('FFF1', QUICK));
await scan.stop();
await provider.dispose();
