import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONTENT_FAULTS } from '@onebox/driver-sdk/simulated/faults.js';
import driver from '@onebox/drivers/hl7-idco/driver.js';
import { practicePdf } from '@onebox/drivers/hl7-idco/practice-report.js';
import { ProgrammerSimulator } from '@onebox/drivers/hl7-idco/simulator.js';
import { runDriver } from '@onebox/gateway/driver-host/host.js';
import { nodeLauncher } from '@onebox/gateway/driver-host/launcher.js';
import { bundled } from '@onebox/gateway/driver-host/testing/bundle.js';
import { FileLink } from '@onebox/gateway/links/file/link.js';
import { MDC } from '@onebox/protocol/codes.js';
import { toText } from '@onebox/protocol/decimal.js';
import { type Finding, v1 } from '@onebox/protocol/messages.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodyOf, message, NOW, readFile, valuesOf, violations } from './idco-read.js';
import { readSerial } from './read-serial.js';
import { ALL_PHASES, manifestOf } from './read-simulator.js';

const practice = (options: ConstructorParameters<typeof ProgrammerSimulator>[0] = {}) =>
  new ProgrammerSimulator(options).message(NOW);
const codeOf = (finding: Finding | undefined) => bodyOf(finding ?? {})?.coded?.coding?.map(({ code }) => code);
const numberOf = (findings: readonly Finding[], code: string | number, index = 0) => {
  const { numeric } = valuesOf(findings, code)[index] ?? {};
  return numeric?.value && `${toText(numeric.value)} ${numeric.unit}`;
};
const faultsOf = (findings: readonly Finding[]) => findings.flatMap(({ fault }) => (fault ? [fault.error] : []));
const done = (findings: readonly Finding[]) =>
  findings.flatMap(({ progress }) => (progress?.state === v1.Progress.State.STATE_DONE ? [progress.phase] : []));

describe('the message of a practice programmer', () => {
  it('gives an ICD its full card: battery, therapy, leads, zones, counters, episodes, report', async () => {
    const { run, findings } = await readFile(practice());
    expect(run).toMatchObject({ end: 'done', statistics: { findingsRefused: 0, bytesOut: 0 } });
    expect(violations(findings)).toEqual([]);
    expect([faultsOf(findings), done(findings)]).toEqual([[], [1, 2, 3, 4, 6]]);
    expect(findings.find(({ identity }) => identity)?.identity).toMatchObject({
      deviceClass: v1.DeviceClass.DEVICE_CLASS_ICD,
      manufacturer: 'OneBox Practice',
      model: 'Practice ICD DR',
      serial: 'PRACTICE-4420',
      practice: true,
    });
    const of = (code: number) => numberOf(findings, code);
    expect([
      of(MDC.IDC_MSMT_BATTERY_VOLTAGE),
      of(MDC.IDC_SET_BRADY_LOWRATE),
      of(MDC.IDC_MSMT_LEADCHNL_RV_PACING_THRESHOLD_AMPLITUDE),
      of(MDC.IDC_SET_ZONE_DETECTION_INTERVAL),
      of(MDC.IDC_STAT_TACHYTHERAPY_SHOCKS_DELIVERED_RECENT),
    ]).toEqual(['2.98 V', '60 {beats}/min', '0.75 V', '320 ms', '1 {shocks}']);
    // Matched by number; a mnemonic only where there is no number, with the sender's own code beside it.
    const coded = (code: number) =>
      codeOf(findings.find((one) => bodyOf(one)?.code?.coding?.[0]?.code === String(code)));
    expect(coded(MDC.IDC_SET_TACHYTHERAPY_VSTAT)).toEqual([String(MDC.IDC_ENUM_THERAPY_STATUS_On)]);
    expect(coded(MDC.IDC_SET_BRADY_MODE)).toEqual(['brady-mode.DDDR', 'DDDR']);
    expect(coded(MDC.IDC_LEAD_LOCATION)?.[0]).toBe('chamber.ra');
    expect(valuesOf(findings, MDC.IDC_SET_BRADY_HYSTRATE)[0]?.absent).toBe(v1.AbsentReason.ABSENT_REASON_OFF);

    const parts = findings.flatMap(({ component }) => (component ? [component] : []));
    expect(parts.find(({ id }) => id === 'channel.rv')).toMatchObject({ parentId: 'lead.2' });
    expect(parts.find(({ id }) => id === 'lead.2')).toMatchObject({ model: 'Practice Lead 52', serial: 'PRACTICE-L2' });
    expect(valuesOf(findings, MDC.IDC_SET_ZONE_DETECTION_INTERVAL).map(({ componentId }) => componentId)).toEqual([
      'zone.1',
      'zone.2',
    ]);
    // 90 days of counting, as its own times say.
    const { unixMs = 0, endUnixMs = 0 } = valuesOf(findings, MDC.IDC_STAT_BRADY_RV_PERCENT_PACED)[0]?.time ?? {};
    expect(Number(endUnixMs) - Number(unixMs)).toBe(90 * 86_400_000);

    const episodes = findings.flatMap(({ episode }) => (episode ? [episode] : []));
    expect(episodes).toMatchObject([
      { id: 'episode.1', number: 12, type: { coding: [{ code: 'episode.vf' }, { code: 'Epis_VF' }] } },
      { id: 'episode.2', number: 11, type: { coding: [{ code: String(MDC.IDC_ENUM_EPISODE_TYPE_Epis_VT) }] } },
    ]);
    expect(episodes[0]?.rate).toMatchObject({
      value: { coefficient: 250 },
      unit: '{beats}/min',
      comparator: v1.Comparator.COMPARATOR_ABOUT,
    });
    expect(episodes[0]?.time?.unixMs).toBe(NOW - 65 * 60_000);

    const [report] = findings.flatMap(({ evidence }) => (evidence ? [evidence] : []));
    expect(Buffer.from(report?.content ?? [])).toEqual(Buffer.from(practicePdf()));
    expect(report?.sha256).toHaveLength(32);
    expect(valuesOf(findings, '18750-0')[0]).toMatchObject({
      text: 'Application PDF',
      source: { evidenceId: report?.id },
    });
  });

  it('is the same whatever the framing and the line ends', async () => {
    const plain = (findings: readonly Finding[]) => findings.map(({ receivedUnixMs: _at, ...rest }) => rest);
    const { findings } = await readFile(practice());
    for (const framing of ['mllp', 'bare'] as const)
      for (const terminator of ['\r', '\n', '\r\n'] as const)
        expect(plain((await readFile(practice({ framing, terminator }))).findings)).toEqual(plain(findings));
  });

  it('comes over a serial port, and nothing is sent to it', async () => {
    const simulator = new ProgrammerSimulator({ startMs: 100, againMs: 60_000 });
    const { run, findings } = await readSerial(driver, simulator);
    expect(run).toMatchObject({ end: 'done', statistics: { bytesOut: 0, findingsRefused: 0 } });
    expect([faultsOf(findings), done(findings)]).toEqual([[], [1, 2, 3, 4, 6]]);
    expect(simulator.received).toEqual([]);
  });

  it('reads in the sandbox what it reads here', async () => {
    const bundle = await bundled(join(import.meta.dirname, '../../drivers/hl7-idco/driver.ts'), manifestOf(driver.id));
    const { findings } = await readFile(practice());
    const inside: Finding[] = [];
    const link = new FileLink(practice(), () => NOW);
    const run = await runDriver({
      driver: bundle,
      launcher: nodeLauncher(),
      link,
      phases: ALL_PHASES,
      utcOffsetMinutes: 0,
      now: () => NOW,
      onFinding: (finding) => void inside.push(finding),
    });
    expect(run.error).toBeUndefined();
    const wire = (all: readonly Finding[]) =>
      all.map((one) => Buffer.from(v1.Finding.encode(one).finish()).toString('hex'));
    expect(wire(inside)).toEqual(wire(findings));
  }, 60_000);

  it.each(CONTENT_FAULTS)('content fault %s: no value is invented', async (fault) => {
    const { run, findings } = await readFile(practice({ fault }));
    expect(run.end).toBe('done');
    expect(violations(findings)).toEqual([]);
    const volts = valuesOf(findings, MDC.IDC_MSMT_BATTERY_VOLTAGE)[0];
    const threshold = valuesOf(findings, MDC.IDC_MSMT_LEADCHNL_RV_PACING_THRESHOLD_AMPLITUDE)[0];
    if (fault === 'wrong-unit') expect(volts?.validity).toEqual([v1.Validity.VALIDITY_QUESTIONABLE]);
    else if (fault === 'not-a-number') expect(volts?.absent).toBe(v1.AbsentReason.ABSENT_REASON_NOT_A_NUMBER);
    else if (fault === 'never-measured') expect(threshold?.absent).toBe(v1.AbsentReason.ABSENT_REASON_UNKNOWN);
    else if (fault === 'battery-low') expect(numberOf(findings, MDC.IDC_MSMT_BATTERY_VOLTAGE)).toBe('2.61 V');
    else if (fault === 'newer-firmware') {
      expect(numberOf(findings, 'PRACTICE-1')).toBe('42 %');
      expect(valuesOf(findings, 787001)[0]?.text).toBe('new words');
    } else if (fault === 'ends-early') expect([faultsOf(findings), done(findings)]).toEqual([[206], [1]]);
  });
});

describe('deviations of senders', () => {
  const read = async (...obx: string[]) => (await readFile(message(obx))).findings;

  it('systems, names and mnemonics that are wrong', async () => {
    const findings = await read(
      'OBX|1|NM|721344^MDC_IDC_PG_BATTERY^MD||2.710|V|||||F',
      'OBX|2|NM|737824^MDC_IDC_STAT_TACHYHERAPY_SHOCKS^MDC_IDC||3||||||F',
      'OBX|3|CWE|721280^x^MDC||ERI^Elective replacement||||||F',
      'OBX|4|CWE|722752^x^MDC|1|Check Lead^Check Lead||||||F',
      'OBX|5|NM|L1^Batt^L^721472^x^MDC||5|^months|||||F',
      'OBX|6|CWE|731520^x^MDC||754818^MDC_IDC_ENUM_THERAPY_STATUS_Off^MDC||||||F',
      'OBX|7|CWE|731584^x^MDC||Off^Off||||||F',
    );
    expect([721344, 737824, 721472].map((code) => numberOf(findings, code))).toEqual(['2.710 V', '3 {shocks}', '5 mo']);
    const coded = (code: number) => valuesOf(findings, code)[0]?.coded?.coding?.map((one) => one.code);
    expect(coded(721280)).toEqual([String(MDC.IDC_ENUM_BATTERY_STATUS_RRT), 'ERI']);
    expect(coded(722752)?.[0]).toBe(String(MDC.IDC_ENUM_CHANNEL_STATUS_CheckLead));
    // The number is not in the tables: the sender's own mnemonic says what it is, the number stays beside it.
    expect(coded(731520)).toEqual(['shock-therapy.status.off', '754818']);
    // Atrial therapy is not shock therapy.
    expect(coded(731584)).toEqual(['Off']);
    expect(findings.flatMap(({ alert }) => (alert ? [alert.componentId] : []))).toEqual(['channel.hv.1']);
    expect(violations(findings)).toEqual([]);
  });

  it('numbers keep comparators, ranges and words; none is shown without its unit', async () => {
    const findings = await read(
      'OBX|1|SN|722433^x^MDC||>^2000|Ohm|||||F',
      'OBX|2|NM|722432^x^MDC||>2000|Ohm|||||F',
      'OBX|3|NM|722624^x^MDC||200|Ohm||>|||F',
      'OBX|4|NM|722435^x^MDC|||Ohm||>|||X',
      'OBX|5|NM|721344^x^MDC||2.9|||||||F'.replace('|||||||F', '||||||F'),
      'OBX|6|SN|731904^x^MDC||^18^/^24|{beats}|||||F',
      'OBX|7|NM|722177^x^MDC||0.75|furlong|||||F',
      'OBX|8|ST|730880^x^MDC||60|bpm|||||F',
      'OBX|9|NM|737536^x^MDC||12~13|%|||||F',
    );
    const { COMPARATOR_GREATER_THAN } = v1.Comparator;
    for (const code of [722433, 722432, 722624])
      expect(valuesOf(findings, code)[0]?.numeric?.comparator, String(code)).toBe(COMPARATOR_GREATER_THAN);
    expect(valuesOf(findings, 722435)[0]?.absent).toBe(v1.AbsentReason.ABSENT_REASON_POSITIVE_INFINITY);
    expect(valuesOf(findings, 721344)[0]?.text).toBe('2.9');
    expect(valuesOf(findings, 731904)[0]?.text).toBe('18/24 {beats}');
    expect(valuesOf(findings, 722177)[0]?.text).toBe('0.75 furlong');
    expect(numberOf(findings, 730880)).toBe('60 {beats}/min');
    expect(valuesOf(findings, 737536).map(({ instance }) => instance ?? 0)).toEqual([0, 1]);
  });

  it('what was taken back is not shown, and what has no value says why', async () => {
    const findings = await read(
      'OBX|1|NM|721344^x^MDC||2.9|V|||||W',
      'OBX|2|NM|721472^x^MDC||9|mo|||||D',
      'OBX|3|NM|721536^x^MDC|||%||NAV|||X',
      'OBX|4|CWE|721280^x^MDC||754113^^MDC||||||C',
      'OBX|5|NM|721408^x^MDC|||Ohm|||||N',
    );
    expect([721344, 721472].flatMap((code) => valuesOf(findings, code))).toEqual([]);
    expect([721536, 721408].map((code) => valuesOf(findings, code)[0]?.absent)).toEqual([
      v1.AbsentReason.ABSENT_REASON_UNKNOWN,
      v1.AbsentReason.ABSENT_REASON_NOT_PERFORMED,
    ]);
    expect(valuesOf(findings, 721280)).toHaveLength(1);
  });

  it("times: the value's own, its group's, the session's; one in the future is only an order", async () => {
    const findings = await read(
      'OBX|1|NM|721344^x^MDC||2.9|V|||||F|||20251231',
      'OBX|2|DTM|721921^x^MDC||20251224120000+0100||||||F',
      'OBX|3|NM|722432^x^MDC||500|Ohm|||||F',
      'OBX|4|NM|722433^x^MDC||510|Ohm|||||F',
      'OBX|5|NM|722624^x^MDC||50|Ohm|||||F|||20990101',
      'OBX|6|DTM|720901^x^MDC||19690721||||||F',
    );
    const time = (code: number) => valuesOf(findings, code)[0]?.time;
    expect(time(721344)).toMatchObject({ unixMs: Date.UTC(2025, 11, 31), endUnixMs: Date.UTC(2026, 0, 1) - 1 });
    expect(time(722432)?.unixMs).toBe(Date.UTC(2025, 11, 24, 11));
    expect(time(722433)?.unixMs).toBe(Date.UTC(2026, 0, 2, 3, 4, 5));
    expect(time(722624)).toMatchObject({ quality: v1.TimeQuality.TIME_QUALITY_ORDER_ONLY, deviceText: '2099-01-01' });
    expect(valuesOf(findings, 720901)[0]?.text).toBe('1969-07-21');
    expect(violations(findings)).toEqual([]);
  });

  it('two devices in one message are a fault', async () => {
    const findings = await read('OBX|1|ST|720899^x^MDC||Z||||||F', 'OBX|2|NM|721344^x^MDC||2.9|V|||||F');
    expect(faultsOf(findings)).toEqual([202]);
  });

  it('a long document comes whole, in pieces, and a broken one is said to be broken', async () => {
    const pdf = Buffer.alloc(900_000, 'practice ');
    const ed = (data: string) => `OBX|2|ED|18750-0^Report^LN||^Application^PDF^Base64^${data}||||||F`;
    const lines = pdf.toString('base64').replace(/.{76}/g, '$&\r\n');
    for (const data of [pdf.toString('base64'), lines]) {
      const findings = await read('OBX|1|NM|721344^x^MDC||2.9|V|||||F', ed(data));
      const parts = findings.flatMap(({ evidence }) => (evidence?.content ? [evidence.content] : []));
      expect(parts.length).toBeGreaterThan(3);
      expect(Buffer.concat(parts).equals(pdf)).toBe(true);
      expect(violations(findings)).toEqual([]);
    }
    const broken = await read('OBX|1|NM|721344^x^MDC||2.9|V|||||F', ed('AAAA*AAA'));
    expect(faultsOf(broken)).toEqual([201]);
    expect(numberOf(broken, 721344)).toBe('2.9 V');
  });
});

describe('what is no such message', () => {
  it.each([
    ['nothing', '', 'PROTOCOL_DECODE'],
    ['no HL7', 'GIF89a not a message at all', 'PROTOCOL_DECODE'],
    ['noise', 'x'.repeat(300_000), 'PROTOCOL_DECODE'],
    ['UTF-16', Buffer.from(message(['OBX|1|NM|721344^x^MDC||2.9|V|||||F']), 'utf16le'), 'PROTOCOL_DECODE'],
    ['another event', message([], '\r', 'MSH|^~\\&|P||||1||ADT^A01|1|P|2.6'), 'PROTOCOL_INVALID'],
    ['another version', message([], '\r', 'MSH|^~\\&|P||||1||ORU^R01|1|P|3.0'), 'PROTOCOL_VERSION'],
    ['strange delimiters', message([], '\r', 'MSH|^^^^|P||||1||ORU^R01|1|P|2.6'), 'PROTOCOL_DECODE'],
    ['no observation', message([]), 'PROTOCOL_DECODE'],
    ['a cut header', 'MSH|^~\\&|PRACT', 'PROTOCOL_DECODE'],
  ])('%s is refused with a code', async (_name, content, kind) => {
    const { run, findings } = await readFile(content);
    expect(run.error?.kind).toBe(kind);
    expect(findings.filter(({ progress }) => !progress)).toEqual([]);
  });

  it('keeps what came before a message became too large', async () => {
    const { run, findings } = await readFile(
      message(['OBX|1|NM|721344^x^MDC||2.9|V|||||F', `OBX|2|ED|18750-0^Report^LN||${'A'.repeat(13 * 2 ** 20)}`]),
    );
    expect(run.end).toBe('done');
    expect(numberOf(findings, 721344)).toBe('2.9 V');
    expect(faultsOf(findings)).toContain(207);
  }, 30_000);

  it('says that a second message was not read', async () => {
    const one = message(['OBX|1|NM|721344^x^MDC||2.9|V|||||F']);
    const { findings } = await readFile(one + one.replaceAll('2.9', '3.3'));
    expect([valuesOf(findings, 721344).length, faultsOf(findings)]).toEqual([1, [202]]);
  });

  it('cut at any byte it says nothing that the whole does not say', async () => {
    const whole = message([
      'OBX|1|NM|721344^MDC_IDC_MSMT_BATTERY_VOLTAGE^MDC||2.947|V|||||F|||20251231101112',
      'OBX|2|CWE|721280^x^MDC||754115^MDC_IDC_ENUM_BATTERY_STATUS_RRT^MDC||||||F',
      'OBX|3|SN|722433^x^MDC||>^2000|Ohm|||||F',
      'OBX|4|ED|18750-0^Report^LN||^Application^PDF^Base64^QUJDREVG||||||F',
      'OBX|5|ST|720898^x^MDC||Model X||||||F',
      'OBX|6|NM|722432^x^MDC||480|Ohm|||||F',
    ]);
    const said = (findings: readonly Finding[]) =>
      findings.flatMap((finding) => {
        const { code, numeric, coded, text, absent, time } = bodyOf(finding) ?? {};
        return code ? [JSON.stringify([code, numeric, coded, text, absent, time])] : [];
      });
    const all = new Set(said((await readFile(whole)).findings));
    expect(all.size).toBe(6);
    for (let length = 0; length < whole.length; length += 1) {
      const { run, findings } = await readFile(whole.slice(0, length));
      expect(run.error && Math.floor(run.error.code / 100), String(length)).toSatisfy(
        (one) => one === undefined || one === 2,
      );
      const strange = said(findings).filter((one) => !all.has(one));
      // Without its OBX-14 the last value has the time of the session.
      expect(strange.length, `${length} ${strange.join()}`).toBeLessThanOrEqual(whole[length - 1] === 'F' ? 1 : 0);
      expect(violations(findings)).toEqual([]);
    }
  }, 60_000);

  it('flipped bits and noise break no rule and end in order', async () => {
    const whole = new TextEncoder().encode(
      message(['OBX|1|NM|721344^x^MDC|1|2.947|V|||||F', 'OBX|2|CWE|721280^x^MDC||754115^y^MDC|~^&\\F\\|||||F']),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 }),
        fc.nat(whole.length),
        async (changes, length) => {
          const bytes = whole.slice(0, Math.max(40, length));
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
          const { run, findings, traces } = await readFile(bytes);
          expect(violations(findings)).toEqual([]);
          expect(run.error?.kind, traces.join()).toSatisfy(
            (kind) => kind === undefined || /^PROTOCOL_|^FRAME/.test(kind),
          );
        },
      ),
      { numRuns: 300 },
    );
  }, 60_000);
});

const samples = join(import.meta.dirname, '../../../shared/interop/idco');

describe.skipIf(!existsSync(samples))(
  'messages of others (shared/interop/idco; skipped where they are not at hand)',
  () => {
    const sample = (name: string) => readFile(readFileSync(join(samples, name)));

    it('an ICD with mnemonics only', async () => {
      const { run, findings } = await sample('03_icardea_SecuraDR_MDT.hl7');
      expect(run.end).toBe('done');
      expect(violations(findings)).toEqual([]);
      expect(findings.find(({ identity }) => identity)?.identity).toMatchObject({
        deviceClass: v1.DeviceClass.DEVICE_CLASS_ICD,
        manufacturer: 'Medtronic',
        model: 'Secura',
        serial: 'PZC600368S',
      });
      expect([721344, 729984, 729985, 737824].map((code) => numberOf(findings, code))).toEqual([
        '2.94 V',
        '3.50 V',
        '3.50 V',
        '0 {shocks}',
      ]);
      expect(findings.some(({ alert }) => alert)).toBe(true);
      expect(faultsOf(findings)).toEqual([]);
    });

    it('a message with nothing but its session', async () => {
      const { run, findings } = await sample('06_nhapi_Paceart_Medtronic_v26.hl7');
      expect(run.end).toBe('done');
      expect(violations(findings)).toEqual([]);
      expect(findings.find(({ identity }) => identity)?.identity).toMatchObject({
        manufacturer: 'Medtronic',
        model: 'A3DR01 Advisa DR MRI',
        serial: 'PZK600806S',
      });
      expect(valuesOf(findings, 'patient.name')).toHaveLength(1);
      // Nothing was said of alerts, so it is not said that there are none.
      expect(faultsOf(findings)).toEqual([105]);
      expect(done(findings)).not.toContain(v1.Phase.PHASE_CRITICAL);
    });
  },
);
