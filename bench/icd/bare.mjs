// Reads the ICD of the air with noble as it comes and nothing else: connect, discover, subscribe, the same requests.
import { createRequire } from 'node:module';
import { REQUEST, RESPONSE, SERVICE } from '@onebox/drivers/onebox-native/profile.js';
import { Fragmenter, Reassembler } from '@onebox/protocol/framing.js';
import { v1 } from '@onebox/protocol/messages.js';
import { unixTransport } from '@onebox/simulation/radio/h4.js';
import { registerHciSocket } from '@onebox/simulation/radio/register.js';
import { VirtualAdapter } from '@onebox/simulation/radio/virtual-adapter.js';
import { AttMeter } from '../lib/att-meter.mjs';

process.on('disconnect', () => process.exit(0)); // also keeps the process alive while it waits for the air
const [path, cardAt, lastPhase] = process.argv.slice(2);
const meter = new AttMeter();
const marks = {};
const mark = (name) => {
  marks[name] ??= { at: performance.now(), bytes: meter.bytes, packets: meter.packets };
};
const off = registerHciSocket(new VirtualAdapter(() => meter.watch(unixTransport(path))));
const noble = createRequire(import.meta.url)('@abandonware/noble/with-custom-binding')({});
off();

const found = new Promise((resolve) => noble.once('discover', resolve));
await new Promise((resolve) => noble.on('stateChange', (state) => state === 'poweredOn' && resolve()));
await noble.startScanningAsync([], true);
const peripheral = await found;
await noble.stopScanningAsync();

mark('connect');
await peripheral.connectAsync();
mark('linked');
const { characteristics } = await peripheral.discoverSomeServicesAndCharacteristicsAsync(
  [SERVICE.toLowerCase()],
  [REQUEST.toLowerCase(), RESPONSE.toLowerCase()],
);
const [request, response] = [REQUEST, RESPONSE].map((uuid) =>
  characteristics.find((characteristic) => characteristic.uuid === uuid.toLowerCase()),
);
const fragmenter = new Fragmenter();
const reassembler = new Reassembler();
const FINDING = 0x1a;
let findings = 0;
let answered = () => {};
response.on('data', (packet) => {
  for (const message of reassembler.push(packet).messages) {
    // An id of one octet, then the answer: a finding, or the end of what was asked for.
    if (message[2] !== FINDING) answered();
    else if (++findings === Number(cardAt)) mark('card');
  }
});
await response.subscribeAsync();
let id = 0;
async function ask(what) {
  const end = new Promise((resolve) => {
    answered = resolve;
  });
  id += 1;
  const message = v1.Request.encode({ id, ...what }).finish();
  for (const fragment of fragmenter.split(message, peripheral.mtu - 3))
    await request.writeAsync(Buffer.from(fragment), false);
  await end;
}
await ask({ hello: {} });
for (let phase = 1; phase <= Number(lastPhase); phase += 1) await ask({ read: { phase, skip: 0 } });
mark('episodes');
await ask({ end: {} });
await peripheral.disconnectAsync();
mark('ended');
process.send({ marks, findings });
