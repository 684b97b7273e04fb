import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseRecording } from '@onebox/gateway/recordings/format.js';
import { Deframer, Fragmenter, frame, Reassembler } from '@onebox/protocol/framing.js';
import { v1 } from '@onebox/protocol/messages.js';
import { AIR } from '@onebox/simulation/radio/radio.js';

/** Long streams of the traffic in the drivers' own recordings: what the link carries again and again. */

const drivers = join(import.meta.dirname, '../../drivers');
const hex = (text) => new Uint8Array(Buffer.from(text, 'hex'));
const line = [
  {
    id: 'line',
    service: '',
    canRead: false,
    canNotify: true,
    canIndicate: false,
    canWrite: true,
    canWriteWithoutResponse: true,
  },
];

function recordings(id) {
  const folder = join(drivers, id, 'recordings');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.obrec'))
    .map((name) => ({ name, ...parseRecording(readFileSync(join(folder, name), 'utf8')) }));
}
const recording = (id, name) => recordings(id).find((one) => one.name === `${name}.obrec`);
const incoming = (items) =>
  items.filter(({ dir }) => dir === 'in').map(({ ch, hex: bytes }) => ({ channel: ch, bytes: hex(bytes) }));
const values = (items) =>
  Object.fromEntries(
    items.filter((item) => item.event === 'read' && item.hex).map(({ ch, hex: bytes }) => [ch, hex(bytes)]),
  );

function* repeat(packets, count) {
  for (let at = 0; at < count; at += 1) yield packets[at % packets.length];
}

/** Octets per second at ten bits for each. */
const uart = (baud) => ({ bytesPerSecond: baud / 10, link: `${baud} baud 8N1` });

/** The most that the virtual radio carries of packets as these: each fits one packet of the air. */
function air(packets) {
  const mean = packets.reduce((sum, { bytes }) => sum + bytes.length, 0) / packets.length;
  const bytesPerSecond = (mean * AIR.packetsPerEvent * 1000) / AIR.connectionIntervalMs;
  return {
    bytesPerSecond,
    link: `BLE, ${AIR.packetsPerEvent} packets of ${Math.round(mean)} octets every ${AIR.connectionIntervalMs} ms`,
  };
}

/** All vital signs at once: the notifications of every recording in turn, and what its device says of itself. */
function vitalSigns() {
  const whole = recordings('ble-vitals-gatt').filter(({ name }) => !/lost|out/.test(name));
  const packets = whole.flatMap(({ items }) => incoming(items).map((packet) => ({ ...packet, after: 10 })));
  const channels = new Map(whole.flatMap(({ header }) => header.channels.map((channel) => [channel.id, channel])));
  return (count) => ({
    ...air(packets),
    transport: 'ble',
    channels: [...channels.values()],
    values: Object.assign({}, ...whole.map(({ items }) => values(items))),
    begin: () => repeat(packets, count),
    endless: true,
    live: true,
  });
}

/** A meter full of records: those of the recording with running sequence numbers, of which there are 65 536. */
function glucose() {
  const { header, items } = recording('ble-glucose-racp', 'meter');
  const all = items.findLastIndex(({ dir, hex: bytes }) => dir === 'out' && bytes === '0101');
  const records = incoming(items.slice(all)).filter(({ channel }) => channel !== '2A52');
  const control = (bytes) => ({ channel: '2A52', bytes: hex(bytes) });
  function* stored(count) {
    let sequence = 0;
    for (const { channel, bytes } of repeat(records, count)) {
      if (channel === '2A18') sequence = (sequence + 1) & 0xffff;
      const packet = bytes.slice();
      new DataView(packet.buffer).setUint16(1, sequence, true);
      yield { channel, bytes: packet };
    }
    yield control('06000101');
  }
  return (count) => ({
    ...air(records),
    transport: 'ble',
    channels: header.channels,
    values: values(items),
    answer: (_channel, [op, operator]) => {
      if (op === 4) return [control('0500ffff')];
      if (op === 1 && operator === 1) return stored(count);
      return op === 1 ? [...records.slice(-1), control('06000101')] : undefined;
    },
  });
}

/** Live packets. Their clock is faster than that of the device: what comes at once must not be old. */
function contec() {
  const { items } = recording('contec-cms50-v7-serial', 'search-then-live');
  const stop = items.findIndex(({ dir, hex: bytes }) => dir === 'out' && bytes.startsWith('7d81a2'));
  const packets = incoming(items.slice(0, stop)).map((packet) => ({ ...packet, after: 1 }));
  return (count) => ({
    ...uart(115_200),
    transport: 'serial',
    channels: line,
    values: {},
    begin: () => repeat(packets, count),
    endless: true,
    live: true,
  });
}

/** Uploads one after the other; every frame waits for the answer to the one before. */
function astm() {
  const { header, items } = recording('astm-lis-serial', 'glucose-meter');
  const packets = incoming(items);
  return (count) => {
    let at = 0;
    function* next() {
      // The end of a transmission is not answered: the next upload begins behind it.
      do {
        if (at >= count) return;
        yield packets[at % packets.length];
        at += 1;
      } while (at % packets.length === 0);
    }
    return {
      ...uart(header.line.baudRate),
      transport: 'serial',
      channels: line,
      values: {},
      begin: next,
      answer: () => next(),
    };
  };
}

/** The memory of the practice ICD, again and again: everything that it told in its recording, in one answer. */
function native(name, transport) {
  const { header, items } = recording('onebox-native', name);
  const receiver = () => (transport === 'ble' ? new Reassembler() : new Deframer());
  const messages = incoming(items).flatMap(
    (
      (inbox) =>
      ({ bytes }) =>
        inbox.push(bytes).messages
    )(receiver()),
  );
  const responses = messages.map((message) => v1.Response.decode(message));
  const hello = responses.find((response) => response.hello);
  const findings = responses.filter((response) => response.finding);
  const channel = transport === 'ble' ? items.find(({ dir }) => dir === 'in').ch : 'line';
  const MEMORY = 7;
  const split = (fragmenter) => (message) =>
    (fragmenter ? fragmenter.split(message, 244) : [frame(message)]).map((bytes) => ({ channel, bytes }));
  const pack = split(transport === 'ble' ? new Fragmenter() : undefined);
  const sample = findings.flatMap((response) => pack(v1.Response.encode(response).finish()));
  return (count) => {
    const requests = receiver();
    const send = split(transport === 'ble' ? new Fragmenter() : undefined);
    const say = (response) => send(v1.Response.encode(response).finish());
    function* memory(id) {
      let told = 0;
      for (let sent = 0; sent < count; told += 1) {
        // The same thing twice in a row would count as doubled on its way.
        const packets = say({ ...findings[told % findings.length], id });
        sent += packets.length;
        yield* packets;
      }
      yield* say({ id, phaseEnd: { phase: MEMORY, count: told } });
    }
    return {
      ...(transport === 'ble' ? air(sample) : uart(header.line.baudRate)),
      transport,
      channels: header.channels,
      values: {},
      phases: [MEMORY],
      answer(_channel, bytes) {
        const [message] = requests.push(bytes).messages;
        const request = message && v1.Request.decode(message);
        if (request?.hello) return say({ ...hello, id: request.id });
        return request?.read ? memory(request.id) : undefined;
      },
    };
  };
}

/** Traffic by driver, and how many packets of it take about a second in the sandbox. */
export const TRAFFIC = [
  { name: 'ble-vitals-gatt', driver: 'ble-vitals-gatt', make: vitalSigns(), packets: 3_000 },
  { name: 'generic', driver: 'generic', make: vitalSigns(), packets: 3_000 },
  { name: 'ble-glucose-racp', driver: 'ble-glucose-racp', make: glucose(), packets: 4_000 },
  { name: 'contec-cms50-v7-serial', driver: 'contec-cms50-v7-serial', make: contec(), packets: 20_000 },
  { name: 'astm-lis-serial', driver: 'astm-lis-serial', make: astm(), packets: 800 },
  { name: 'onebox-native, BLE', driver: 'onebox-native', make: native('icd', 'ble'), packets: 12_000 },
  { name: 'onebox-native, serial', driver: 'onebox-native', make: native('pump-serial', 'serial'), packets: 6_000 },
];
