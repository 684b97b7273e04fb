import { createRequire } from 'node:module';
import { LAB } from '@onebox/gateway/links/contract-world.js';
import { startPeripheral } from '@onebox/simulation/radio/peripheral.js';
import { Radio } from '@onebox/simulation/radio/radio.js';
import { registerHciSocket } from '@onebox/simulation/radio/register.js';
import { VirtualAdapter } from '@onebox/simulation/radio/virtual-adapter.js';
import { expect, test } from 'vitest';
import { labDevice } from './lab.js';

interface BarePeripheral {
  connectAsync(): Promise<void>;
  disconnectAsync(): Promise<void>;
  discoverSomeServicesAndCharacteristicsAsync(
    services: string[],
    characteristics: string[],
  ): Promise<{ characteristics: { readAsync(): Promise<Buffer> }[] }>;
}

test('noble as it comes reads a simulated device, and shows the fault that we mend', async () => {
  const radio = new Radio();
  const peripheral = await startPeripheral(radio.attach(), labDevice());
  const off = registerHciSocket(new VirtualAdapter(() => radio.attach()));
  const noble = createRequire(import.meta.url)('@abandonware/noble/with-custom-binding')({});
  off();
  const found = new Promise<BarePeripheral>((resolve) => noble.once('discover', resolve));
  await new Promise<void>((resolve) => {
    noble.on('stateChange', (state: string) => state === 'poweredOn' && resolve());
  });
  await noble.startScanningAsync([], true);
  const device = await found;
  await noble.stopScanningAsync();
  await device.connectAsync();
  const services = [LAB.service.toLowerCase()];
  const read = async (uuid: string): Promise<Buffer> => {
    const { characteristics } = await device.discoverSomeServicesAndCharacteristicsAsync(services, [
      uuid.toLowerCase(),
    ]);
    return characteristics[0]!.readAsync();
  };
  expect(String(await read(LAB.stored))).toBe('hello');
  expect((await read(LAB.long300)).length).toBe(255); // cut, without a word
  expect((await read(LAB.refused)).length).toBe(0); // refused, but it looks like an empty value
  await device.disconnectAsync();
  peripheral.close();
});
