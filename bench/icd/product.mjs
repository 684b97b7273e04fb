// Reads the ICD of the air with the whole engine: store, audit, sandbox, records, card. Sends what it took.
import { buildCard } from '@onebox/gateway/card/card.js';
import { Facts } from '@onebox/gateway/card/facts.js';
import { DriverIndex } from '@onebox/gateway/driver-host/driver-index.js';
import { nodeLauncher } from '@onebox/gateway/driver-host/launcher.js';
import { Gateway } from '@onebox/gateway/gateway.js';
import { BleProvider } from '@onebox/gateway/links/ble/provider.js';
import { unixTransport } from '@onebox/simulation/radio/h4.js';
import { VirtualAdapter } from '@onebox/simulation/radio/virtual-adapter.js';
import { AttMeter } from '../lib/att-meter.mjs';

process.on('disconnect', () => process.exit(0)); // also keeps the process alive while it waits for the air
const [path, dataFolder] = process.argv.slice(2);
const PIN = '271828';
const meter = new AttMeter();
const marks = {};
const now = () => ({ at: performance.now(), bytes: meter.bytes, packets: meter.packets });
const mark = (name) => {
  marks[name] ??= now();
};

const radio = new BleProvider({
  hciSocket: new VirtualAdapter(() => meter.watch(unixTransport(path))).hciSocket,
});
const provider = {
  transport: radio.transport,
  preflight: () => radio.preflight(),
  scan: (listener) => radio.scan(listener),
  dispose: () => radio.dispose(),
  async open(id, options) {
    mark('connect');
    const link = await radio.open(id, options);
    mark('linked');
    return link;
  },
};
const gateway = await Gateway.open({
  dataFolder,
  providers: [provider],
  drivers: DriverIndex.open(),
  launcher: nodeLauncher(),
  practice: true,
  version: 'bench',
});

const cards = [];
const done = new Promise((resolve, reject) => {
  gateway.subscribe((event) => {
    if (event.type === 'fault') reject(new Error(event.error.code));
    if (event.type !== 'card') return;
    const { tiles, read } = event.card;
    cards.push({ ...now(), full: tiles.filter(({ value }) => value).map(({ id }) => id) });
    if (read.state === 'complete') {
      mark('episodes');
      resolve(event.card);
    } else if (['partial', 'refused', 'stopped'].includes(read.state)) reject(new Error(`the read is ${read.state}`));
  });
});
const factor = { kind: 'pin', pin: PIN };
const { person } = await gateway.call('enrol', { displayName: 'Bench', role: 'responder', pin: PIN });
await gateway.call('unlock', { personId: person.id, factor });
await gateway.call('startScan');
const deviceId = await new Promise((resolve) => {
  const look = ({ devices }) => devices[0]?.readable && resolve(devices[0].id);
  gateway.subscribe((event) => event.type === 'devices' && look(event.list));
});
const asked = performance.now();
const { accessId } = await gateway.call('breakGlass', { deviceId, reason: 'unresponsive', factor });
const card = await done;
const document = await gateway.readingOf(accessId).ended;
mark('ended');
await gateway.call('close', { accessId });
await gateway.dispose();

// The card is complete when every tile shows what it shows at the end; the MR label of this patient is not known.
const filled = ({ full }) => card.tiles.every(({ id, value }) => !value || full.includes(id));
process.send({
  marks: { ...marks, card: cards.find(filled) },
  asked,
  filled: card.tiles.filter(({ value }) => value).length,
  tiles: card.tiles.length,
  cardAt: findingsUntilFilled(document.finding, card),
});

/** How many messages of the device hold the complete card: the same point for the bare script. */
function findingsUntilFilled(findings, last) {
  const facts = new Facts();
  let count = 0;
  for (const finding of findings) {
    facts.add(finding);
    // What the driver says itself did not cross the air.
    if (!finding.clock && !finding.progress) count += 1;
    const { tiles } = buildCard(facts, { ...last, expectedClass: 'icd', finished: new Set(), now: Date.now() });
    if (filled({ full: tiles.filter(({ value }) => value).map(({ id }) => id) })) return count;
  }
  throw new Error('the card was never complete');
}
