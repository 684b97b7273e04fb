import { readFileSync } from 'node:fs';
import { text } from '@onebox/driver-sdk/findings.js';
import { readManifest } from '@onebox/driver-sdk/manifest.js';
import { bridgeFrame } from '@onebox/driver-sdk/simulated/bridge.js';
import type { BleSimulator, SerialSimulator } from '@onebox/driver-sdk/simulator.js';
import { analyserSimulator, glucoseMeterSimulator } from '@onebox/drivers/astm-lis-serial/simulator.js';
import { type ProgrammerOptions, ProgrammerSimulator } from '@onebox/drivers/hl7-idco/simulator.js';
import { bloodPressureAgent, oximeterAgent, scaleAgent } from '@onebox/drivers/ieee11073-phd/simulator.js';
import { eventType, pumpModel } from '@onebox/drivers/medtronic-minimed/event-types.js';
import { parseHistoryPage } from '@onebox/drivers/medtronic-minimed/history-page.js';
import { historyPageBytes } from '@onebox/drivers/medtronic-minimed/simulated-pages.js';
import { minimedBridge } from '@onebox/drivers/medtronic-minimed/simulator.js';
import type { PracticePatient } from '@onebox/drivers/onebox-native/practice/patient.js';
import { PATIENTS, SECOND_ICD } from '@onebox/drivers/onebox-native/practice/patients.js';
import { NativeBleSimulator, NativeSerialSimulator } from '@onebox/drivers/onebox-native/simulator.js';
import { PracticeTandemPump } from '@onebox/drivers/tandem-x2/simulator.js';
import type { LoadedDriver } from '@onebox/gateway/driver-host/driver-index.js';
import { nodeLauncher } from '@onebox/gateway/driver-host/launcher.js';
import { bundled } from '@onebox/gateway/driver-host/testing/bundle.js';
import { PHASES } from '@onebox/gateway/interrogation/phases.js';
import { InterrogationSession } from '@onebox/gateway/interrogation/session.js';
import { parseRecording } from '@onebox/gateway/recordings/format.js';
import { MASKS } from '@onebox/gateway/recordings/masks/masks.js';
import { Recorder } from '@onebox/gateway/recordings/recorder.js';
import { replayRecording } from '@onebox/gateway/recordings/replay-session.js';
import { term } from '@onebox/protocol/codes.js';
import { plainFinding } from '@onebox/protocol/json.js';
import { type Finding, type Interrogation, v1 } from '@onebox/protocol/messages.js';
import { DirectDevice } from '@onebox/simulation/direct/direct-device.js';
import { beforeAll, describe, expect, it } from 'vitest';

/** What must be in no masked recording: names and serial numbers of the simulated devices, and planted ones. */
const NAME = 'Żaneta Övermann';
const WORDS = 'seen by Dr. Quilfeather';

const { COMPLETENESS_COMPLETE } = v1.Completeness;
const fresh = { launcher: nodeLauncher(), applicationVersion: '0.0.0' };

async function loaded(id: string): Promise<LoadedDriver> {
  const folder = new URL(`../../drivers/${id}/`, import.meta.url);
  const manifest = readManifest(readFileSync(new URL('manifest.json', folder), 'utf8'));
  return bundled(new URL('driver.ts', folder).pathname, manifest);
}

/** A read of all there is, with the recording that a user gets who says nothing of masks. */
async function recorded(driver: LoadedDriver, device: DirectDevice, transport: 'ble' | 'serial') {
  const lines: string[] = [];
  const { id, version, identifying } = driver.manifest;
  const recorder = new Recorder({
    sink: { write: (line) => void lines.push(line), close: async () => undefined },
    driver: { id, version },
    practice: true,
    identifying,
    phases: PHASES,
    live: false,
  });
  const session = new InterrogationSession({
    ...fresh,
    driver,
    transport,
    openLink: async () => recorder.record(await device.open(), { deadlineMs: 1000 }),
    phases: PHASES,
    live: false,
    purpose: v1.PurposeOfUse.PURPOSE_OF_USE_HTEST,
    practice: true,
    services: [],
    utcOffsetMinutes: 0,
    observer: { finding: () => undefined, event: () => undefined, changed: () => undefined },
  });
  const document = await session.run();
  expect(session.error).toBeUndefined();
  expect(document.completeness).toBe(COMPLETENESS_COMPLETE);
  // The header: no packet is on the disk before it is masked.
  expect(lines).toHaveLength(1);
  await recorder.finish();
  await device.stop();
  return { document, text: lines.join('') };
}

/** Findings without stamps; every text is as long as it was, and what masks is not compared. */
function comparable({ finding }: Interrogation): unknown[] {
  return (finding ?? []).map(({ receivedUnixMs: _at, ...one }: Finding) =>
    JSON.parse(
      JSON.stringify(plainFinding(one), (key, value: unknown) =>
        // A clock that is right to the millisecond has no such field.
        key === 'offsetMs'
          ? undefined
          : ['serial', 'text', 'carrier', 'vendorType', 'vendorText', 'unixMs', 'endUnixMs', 'tabletUnixMs'].includes(
                key,
              )
            ? typeof value === 'string'
              ? Buffer.byteLength(value)
              : 0
            : value,
      ),
    ),
  );
}

/** Every stretch of six characters of the planted words, in four encodings, in the file and in what crossed the link. */
function expectNowhere(recording: string, words: readonly string[]): void {
  const { items } = parseRecording(recording);
  const packets = items.flatMap((item) => ('hex' in item && item.hex !== undefined ? [item.hex] : []));
  // As it came, and without the headers of fragments between.
  const places = [
    Buffer.from(recording),
    Buffer.from(packets.join(''), 'hex'),
    Buffer.from(packets.map((hex) => hex.slice(4)).join(''), 'hex'),
  ];
  for (const word of words)
    for (let at = 0; at + 6 <= word.length; at += 1) {
      const piece = word.slice(at, at + 6);
      // Models of simulated devices have this word too.
      if ('PRACTICE'.includes(piece.toUpperCase())) continue;
      const utf8 = Buffer.from(piece);
      const encodings = [
        utf8,
        Buffer.from(piece, 'latin1'),
        Buffer.from(piece, 'utf16le'),
        Buffer.from(utf8.toString('hex')),
        ...[0, 1, 2].map((shift) => Buffer.from(base64Core(utf8, shift))),
      ];
      for (const place of places)
        expect(
          encodings.some((encoded) => place.includes(encoded)),
          piece,
        ).toBe(false);
    }
}

/** Base64 of bytes that stand `shift` bytes after a multiple of three, as far as it does not depend on others. */
function base64Core(bytes: Buffer, shift: number): string {
  const first = (3 - shift) % 3;
  return bytes.subarray(first, first + 3 * Math.floor((bytes.length - first) / 3)).toString('base64');
}

/** The patient, whose device also says who it is in free words. */
function named(patient: PracticePatient): PracticePatient {
  const planted = (now: number) =>
    [NAME, WORDS].map((words) =>
      text(term('device.words'), words, { at: now, source: 'note', origin: 'entered', validity: 'practice' }),
    );
  return {
    ...patient,
    read: (now) => {
      const memory = patient.read(now);
      return { ...memory, identity: [...memory.identity, ...planted(now)] };
    },
  };
}

const patients = [...PATIENTS, SECOND_ICD].map((patient) => [patient.key, named(patient)] as const);
const serials = (patient: PracticePatient) =>
  Object.values(patient.read(0))
    .flat()
    .flatMap(({ identity, component }) => [identity?.serial, identity?.udi?.serial, component?.serial])
    .filter((serial): serial is string => Boolean(serial));

describe('masked recordings of devices that speak onebox.v1', () => {
  let driver: LoadedDriver;
  beforeAll(async () => {
    driver = await loaded('onebox-native');
  });

  const check = async (device: DirectDevice, transport: 'ble' | 'serial', patient: PracticePatient) => {
    const { document, text: file } = await recorded(driver, device, transport);
    const { document: again, error } = await replayRecording(parseRecording(file), driver, fresh);
    expect(error).toBeUndefined();
    expect(again.completeness).toBe(COMPLETENESS_COMPLETE);
    expect(comparable(again)).toEqual(comparable(document));
    expect(serials(patient).length).toBeGreaterThan(0);
    expectNowhere(file, [NAME, WORDS, ...serials(patient)]);
  };

  it.each(patients)(
    '%s over the radio replays COMPLETE and names nobody',
    async (_key, patient) => {
      const simulator: BleSimulator = new NativeBleSimulator(patient);
      await check(await DirectDevice.ble(simulator), 'ble', patient);
    },
    60_000,
  );

  it.each(patients)(
    '%s over a line replays COMPLETE and names nobody',
    async (_key, patient) => {
      const simulator: SerialSimulator = new NativeSerialSimulator(patient, { paced: false });
      await check(await DirectDevice.serial(simulator), 'serial', patient);
    },
    60_000,
  );
});

describe('masked recordings of instruments that speak ASTM', () => {
  let driver: LoadedDriver;
  beforeAll(async () => {
    driver = await loaded('astm-lis-serial');
  });

  const upload = { startMs: 20, againMs: 60_000 };
  it.each([
    ['meter', glucoseMeterSimulator({ ...upload, seed: 3 })],
    ['meter in mmol/L', glucoseMeterSimulator({ ...upload, seed: 4, unit: 'mmol/L' })],
    ['analyser', analyserSimulator({ ...upload, seed: 5 })],
    ['analyser in small frames', analyserSimulator({ ...upload, seed: 6, framing: 'chunks' })],
    [
      'analyser on a bad line',
      analyserSimulator({ ...upload, framing: 'record', faults: { wrongChecksum: { frame: 2 }, lostAck: 3 } }),
    ],
  ])(
    '%s replays COMPLETE and names nobody',
    async (_name, simulator) => {
      const { document, text: file } = await recorded(driver, await DirectDevice.serial(simulator), 'serial');
      const { document: again, error } = await replayRecording(parseRecording(file), driver, fresh);
      expect(error).toBeUndefined();
      expect(again.completeness).toBe(COMPLETENESS_COMPLETE);
      expect(comparable(again).length).toBe(comparable(document).length);
      const values = ({ finding }: Interrogation) =>
        (finding ?? []).flatMap(({ observation }) => (observation?.numeric ? [observation.numeric] : []));
      expect(values(again)).toEqual(values(document));
      expect(values(again).length).toBeGreaterThan(2);
      expectNowhere(file, ['PRACTICE-0001', 'PRACTICE-0002', 'PRACTICE-PATIENT', 'PRACTICE-SAMPLE', 'Practice sample']);
    },
    60_000,
  );
});

/** Numbers that were measured, set and counted, in their order. */
const numbers = ({ finding }: Interrogation) =>
  (finding ?? []).flatMap(({ observation, setting, statistic }) => {
    const value = observation ?? setting ?? statistic;
    return value?.numeric ? [value.numeric] : [];
  });

/** Reads, masks and replays, and gives the file and what the replay found. */
async function masked(driver: LoadedDriver, device: DirectDevice, transport: 'ble' | 'serial') {
  const { document, text: file } = await recorded(driver, device, transport);
  const { document: again, error } = await replayRecording(parseRecording(file), driver, fresh);
  expect(error).toBeUndefined();
  expect(again.completeness).toBe(COMPLETENESS_COMPLETE);
  expect(comparable(again).length).toBe(comparable(document).length);
  expect(numbers(again)).toEqual(numbers(document));
  return { file, again };
}

/** A programmer that also says who the patient is, who read the device and where. */
class TalkativeProgrammer extends ProgrammerSimulator {
  constructor(options: ProgrammerOptions) {
    super({ startMs: 1_000, againMs: 4_000, ...options });
  }

  override message(now: number): Uint8Array {
    const text = Buffer.from(super.message(now)).toString('latin1');
    const name = Buffer.from(NAME).toString('latin1');
    const end = this.options.terminator ?? '\r';
    const report = Buffer.from(`%PDF-1.4 ${NAME} ${WORDS}`.padEnd(900, ' .')).toString('base64');
    const spoken = text
      .replace('Practice^Patient^', `${name}^${name}^`)
      .replace(
        /(PV1\|1\|E)/,
        `$1|Ward 7B^^^QUILFEATHER CLINIC||||4711^${name}${end}NK1|1|${name}^Jana|SPO|12 Mill Lane`,
      )
      .replace(/NTE\|1\|L\|[^\r\n]*/, `NTE|1|L|${WORDS}`)
      .replace(/Base64\^[^\r\n|]*/, `Base64^${report}`);
    const more = [
      'OBX||ST|720902^MDC_IDC_DEV_IMPLANTER^MDC|1|Quilfeather||||||F',
      `OBX||TX|PRACTICE-2^Remark^PRACTICE||${WORDS}||||||F`,
      'OBX||NM|PRACTICE-3^Record^PRACTICE||88112233||||||F|||||4711^Quilfeather',
    ];
    const at = spoken.lastIndexOf('OBX|');
    return Buffer.from(
      `${spoken.slice(0, at)}${more.map((one) => `${one}${end}`).join('')}${spoken.slice(at)}`,
      'latin1',
    );
  }
}

describe('masked recordings of programmers that export HL7', () => {
  let driver: LoadedDriver;
  beforeAll(async () => {
    driver = await loaded('hl7-idco');
  });

  it.each([
    ['in a block', { seed: 3 }],
    ['bare, with other ends of lines', { seed: 4, framing: 'bare', terminator: '\r\n' }],
  ] as const)(
    '%s replays COMPLETE and names nobody',
    async (_name, options) => {
      const device = await DirectDevice.serial(new TalkativeProgrammer(options));
      const { file, again } = await masked(driver, device, 'serial');
      expect(numbers(again).length).toBeGreaterThan(30);
      const evidence = (again.finding ?? []).flatMap((one) => (one.evidence?.content ? [one.evidence.content] : []));
      expect(evidence.map((content) => Buffer.from(content).toString('latin1', 0, 5))).toContain('%PDF-');
      // The codes of terms begin with PRACTICE- too.
      const serials = ['CE-4420', 'ICE-L1', 'ICE-L2', 'ICE-ID', '88112233'];
      const others = ['Quilfeather', 'QUILFEATHER CLINIC', '12 Mill Lane', 'Ward 7B', '4711^'];
      expectNowhere(file, [NAME, WORDS, ...serials, ...others]);
    },
    60_000,
  );
});

describe('masked recordings of personal health devices', () => {
  let driver: LoadedDriver;
  beforeAll(async () => {
    driver = await loaded('ieee11073-phd');
  });

  it.each([
    ['oximeter', oximeterAgent({ seed: 3, clockMinutes: 0, reportMs: 3_000 })],
    ['blood pressure monitor', bloodPressureAgent({ seed: 4, clockMinutes: 0, reportMs: 50 })],
    ['scale with a configuration of its own', scaleAgent({ seed: 5, clockMinutes: 0, reportMs: 50 })],
  ])(
    '%s replays COMPLETE and names nobody',
    async (_name, simulator) => {
      const { file, again } = await masked(driver, await DirectDevice.serial(simulator), 'serial');
      expect(numbers(again).length).toBeGreaterThan(0);
      expectNowhere(file, ['PRACTICE-0001', String.fromCharCode(2, 0x50, 0x52, 0x41, 0x43, 0x54, 0x49, 0x43)]);
    },
    60_000,
  );
});

describe('masked recordings of a Tandem pump', () => {
  it.each([
    ['pump', {}],
    ['pump whose records are damaged', { damaged: [180_010] }],
  ] as const)(
    '%s replays COMPLETE and names nobody',
    async (_name, options) => {
      const driver = await loaded('tandem-x2');
      const pump = new PracticeTandemPump({ historyHours: 2, serial: 'SN-4417-QUIL', ...options });
      const { file, again } = await masked(driver, await DirectDevice.ble(pump), 'ble');
      expect(numbers(again).length).toBeGreaterThan(20);
      // The serial number of the pump, as its answer has it, and the name of a profile.
      const serial = Buffer.alloc(4);
      serial.writeUInt32LE(900_042);
      for (const { hex } of parseRecording(file).items.flatMap((item) => ('hex' in item ? [item] : [])))
        expect(hex).not.toContain(serial.toString('hex'));
      expectNowhere(file, ['SN-4417-QUIL']);
    },
    60_000,
  );
});

describe('masked recordings of a MiniMed pump behind a bridge', () => {
  it('replays COMPLETE and names no meter', async () => {
    const driver = await loaded('medtronic-minimed');
    const device = await DirectDevice.serial(minimedBridge({ seed: 3 }));
    const { file, again } = await masked(driver, device, 'serial');
    expect(numbers(again).length).toBeGreaterThan(10);
    const heard = parseRecording(file).items.flatMap((item) => ('hex' in item && item.dir === 'in' ? [item.hex] : []));
    expect(heard.join('')).not.toContain('123456');
  }, 60_000);

  it.each(['508', '522', '523', '754'])('of model %s keep the place of every record that the driver knows', (name) => {
    const model = pumpModel(name)!;
    for (let code = 1; code < 256; code += 1) {
      const type = eventType(code, model);
      if (type === undefined || type.length === undefined) continue;
      const record = [code, ...Array.from({ length: type.length - 1 }, (_, at) => at + 1)];
      const whole = historyPageBytes([record, [0x1e, 0, 1, 1, 1, 1, 16]]);
      const sent = [bridgeFrame(0x81, 0, Buffer.from(`family minimed\nmodel ${name}`)), bridgeFrame(0x91, 0, whole)];
      const page = MASKS['minimed-bridge']()(sent)[1]!.slice(6, -2);
      const places = (bytes: Uint8Array) =>
        parseHistoryPage(bytes, model).events.map(({ offset, time }) => [offset, time]);
      expect(places(page), `record ${code}`).toEqual(places(whole));
    }
  });
});
