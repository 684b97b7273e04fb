import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { identity, observation, text } from '@onebox/driver-sdk/findings.js';
import { icd } from '@onebox/drivers/onebox-native/practice/icd.js';
import { pacemaker } from '@onebox/drivers/onebox-native/practice/pacemaker.js';
import { hl7Message } from '@onebox/gateway/handover/hl7/message.js';
import type { Content } from '@onebox/gateway/handover/read-out.js';
import { describe as describeCode, MDC, MDC_SYSTEM, mdcCode } from '@onebox/protocol/codes.js';
import { decimal, toText } from '@onebox/protocol/decimal.js';
import type { Code, Episode, Finding, Observation } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/messages.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodyOf, readFile, violations } from '../drivers/idco-read.js';
import { contentFrom, findingsOf, NOW, practiceFindings } from './content.js';
import { hostileFindings } from './hostile.js';

/** What a value says, whoever said it: code, digits and unit, or code, words, or why not. */
function said(value: Observation): string {
  const code = value.code?.coding?.[0]?.code ?? '';
  if (value.numeric)
    return `${code} ${toText(value.numeric.value ?? {})} ${value.numeric.unit} ${value.numeric.comparator ?? 0}`;
  if (value.coded) return `${code} ${value.coded.coding?.[0]?.code}`;
  if (value.text) return `${code} "${value.text}"`;
  if (value.dateTime) return `${code} @${Math.floor((value.dateTime.unixMs ?? 0) / 1000)}`;
  if (value.absent) return `${code} ${v1.AbsentReason[value.absent]}`;
  return `${code} ?`;
}

/** Where a term of ours has a mnemonic in HL7 it comes back as itself, else as a local code of the sender. */
const codeOf = (code: Code | null | undefined) => code?.coding?.[0]?.code;

const isMdc = ({ code }: Observation): boolean => code?.coding?.[0]?.system === MDC_SYSTEM;
const isCardiac = (value: Observation): boolean =>
  isMdc(value) && describeCode(value.code ?? {})?.referenceId.startsWith('MDC_IDC_') === true;

/** Values that OBX has a place for, once each. */
const valuesOf = (content: Content): readonly Observation[] =>
  content.values.map(({ value }) => value).filter((value) => isCardiac(value) && !value.compound && !value.bits);

const back = async (content: Content) => {
  const { run, findings } = await readFile(hl7Message(content));
  expect(run).toMatchObject({ end: 'done', statistics: { findingsRefused: 0 } });
  expect(violations(findings)).toEqual([]);
  expect(findings.flatMap(({ fault }) => (fault ? [fault] : []))).toEqual([]);
  return findings;
};
const bodies = (findings: readonly Finding[]): readonly Observation[] => findings.flatMap((one) => bodyOf(one) ?? []);
const whole = (values: readonly Observation[]): string[] => values.map(said).sort();

describe('a read as an ORU^R01 message, read back by our own driver', () => {
  it.each([
    ['the practice ICD', () => practiceFindings(icd()), 'ICD'],
    ['the practice pacemaker', () => practiceFindings(pacemaker), 'PACEMAKER'],
    ['a recording of an ICD', () => findingsOf('onebox-native', 'icd'), 'ICD'],
    ['a bare message of a programmer', () => findingsOf('hl7-idco', 'bare'), 'ICD'],
    ['one in a block', () => findingsOf('hl7-idco', 'mllp'), 'ICD'],
  ] as const)('%s: device, values, units, times, leads and episodes are the same', async (_name, read, deviceClass) => {
    const content = contentFrom(read());
    const findings = await back(content);
    expect(findings.find((one) => one.identity)?.identity).toMatchObject({
      deviceClass: v1.DeviceClass[`DEVICE_CLASS_${deviceClass}`],
      manufacturer: content.card.identity.manufacturer,
      model: content.card.identity.model,
      serial: content.card.identity.serial,
      practice: true,
    });
    const given = valuesOf(content);
    expect(given.length).toBeGreaterThan(20);
    const taken = bodies(findings);
    for (const one of whole(given)) expect(whole(taken), one).toContain(one);
    // And at the same time, to the second.
    const seconds = ({ time }: Observation) => Math.floor((time?.unixMs ?? 0) / 1000);
    for (const one of given)
      if (seconds(one) > 0 && one.time?.quality !== v1.TimeQuality.TIME_QUALITY_ORDER_ONLY)
        expect(
          taken.some((other) => said(other) === said(one) && seconds(other) === seconds(one)),
          said(one),
        ).toBe(true);

    const leads = (all: readonly Finding[]) =>
      all.flatMap(({ component }) =>
        component?.kind === v1.Component.Kind.KIND_LEAD
          ? [[component.instance, component.model, component.serial]]
          : [],
      );
    expect(leads(findings)).toEqual(leads(read()));
    const episodes = findings.flatMap(({ episode }) => (episode ? [episode] : []));
    const told = (all: readonly Episode[]) =>
      all.map(({ number, type, time }) => [number, codeOf(type), Math.floor((time?.unixMs ?? 0) / 1000)]);
    expect(told(episodes)).toEqual(told(content.facts.episodes));
    for (const [index, { duration, outcome }] of content.facts.episodes.entries()) {
      const { duration: taken, outcome: ended } = episodes[index]!;
      if (duration)
        expect(`${toText(taken?.value ?? {})} ${taken?.unit}`).toBe(`${toText(duration.value ?? {})} ${duration.unit}`);
      if (outcome) expect(codeOf(ended)).toBe(codeOf(outcome));
    }
  });

  it('is by PCD-09: the profile, the session type, the device first in PID-3, and practice as training', () => {
    const lines = hl7Message(contentFrom(findingsOf('onebox-native', 'icd'))).split('\r');
    expect(lines[0]).toMatch(
      /^MSH\|\^~\\&\|OneBox\^0\.1\.0\|\|\|\|20261122143207\+0000\|\|ORU\^R01\^ORU_R01\|0123456789abcdef0123\|T\|2\.6\|\|\|\|\|\|UNICODE UTF-8\|\|\|IHE_PCD_ORU_R01\^IHE PCD\^1\.3\.6\.1\.4\.1\.19376\.1\.6\.1\.9\.1\^ISO$/,
    );
    expect(lines[1]).toBe('PID|1||model:Practice ICD VR/serial:PRACTICE-4417^^^OneBox Practice^U');
    expect(lines[2]).toMatch(
      /^OBR\|1\|\|A-2026-17\^OneBox\|754050\^MDC_IDC_ENUM_SESS_TYPE_InClinic\^MDC\|\|\|2026.*\|R$/,
    );
    expect(lines[3]).toBe('NTE|1|P|PRACTICE: a simulated device of nobody');
    for (const line of lines.slice(0, -1)) expect(line).toMatch(/^(MSH|PID|OBR|OBX|NTE)\|/);
    const places = lines.flatMap((line) => /^OBX\|(\d+)\|/.exec(line)?.[1] ?? []);
    expect(places).toEqual(places.map((_, index) => String(index + 1)));
    // Nobody has confirmed it: never final.
    for (const line of lines) if (line.startsWith('OBX|')) expect(line.split('|')[11]).toMatch(/^[RXN]$/);
    const real = hl7Message(contentFrom(findingsOf('onebox-native', 'icd'), { practice: false })).split('\r');
    // The device itself says that it is a practice one.
    expect(real[0]).toContain('|T|2.6|');
  });

  it.each([
    ['onebox-native', 'pump'],
    ['ble-vitals-gatt', undefined],
    ['ieee11073-phd', undefined],
  ] as const)('%s %s: others are a list with the codes of IEEE 11073', async (driver, name) => {
    const folder = join(import.meta.dirname, '../../drivers', driver, 'recordings');
    const found =
      name ??
      readdirSync(folder)
        .find((file) => file.endsWith('.findings.jsonl'))!
        .replace('.findings.jsonl', '');
    const content = contentFrom(findingsOf(driver, found));
    const message = hl7Message(content);
    expect(message).not.toContain('IHE_PCD_ORU_R01');
    for (const { value } of content.values)
      if (isMdc(value) && value.numeric) expect(message).toContain(`|${toText(value.numeric.value ?? {})}|`);
    const { findings } = await readFile(message);
    expect(findings.filter(({ fault }) => fault?.code).length).toBe(0);
  });

  it('numbers keep their zeros, bounds and reservations; times that are corrected say so', async () => {
    const at = {
      quality: v1.TimeQuality.TIME_QUALITY_CORRECTED,
      unixMs: NOW - 5000,
      deviceText: '2026-11-22T13:30:02',
    };
    const details = { at, source: 'register 4', origin: 'self-test', validity: 'questionable' } as const;
    const one = observation(mdcCode(MDC.IDC_MSMT_BATTERY_VOLTAGE), decimal('2.70'), 'V', details);
    one.observation!.numeric!.comparator = v1.Comparator.COMPARATOR_AT_LEAST;
    const content = contentFrom([identity({ deviceClass: 'pacemaker', serial: 'S1' }), one], { practice: false });
    const lines = hl7Message(content).split('\r');
    const obx = lines.findIndex((line) => line.includes('^MDC_IDC_MSMT_BATTERY_VOLTAGE^'));
    expect(lines[obx]).toMatch(
      /^OBX\|\d+\|SN\|\d+\^MDC_IDC_MSMT_BATTERY_VOLTAGE\^MDC\|\|>=\^2\.70\|V\|\|questionable\|\|\|R\|\|\|20261122143202\+0000\|\|\|self-test\^register 4\^99ONEBOX$/,
    );
    expect(lines[obx + 1]).toBe('NTE|1|P|time corrected, device says 2026-11-22T13:30:02');
    expect(lines[0]).toContain('|P|2.6|');
    expect(whole(bodies(await back(content)))).toContain(
      `${MDC.IDC_MSMT_BATTERY_VOLTAGE} 2.70 V ${v1.Comparator.COMPARATOR_AT_LEAST}`,
    );
  });

  it('whatever words a device sends, no segment and no field is made of them', async () => {
    await fc.assert(
      fc.asyncProperty(hostileFindings, async (given) => {
        const content = contentFrom(given);
        const message = hl7Message(content);
        const lines = message.split('\r').slice(0, -1);
        for (const line of lines) expect(line).toMatch(/^(MSH|PID|OBR|OBX|NTE)\|/);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
        expect(lines.join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
        const { run, findings } = await readFile(message);
        expect(run.end).toBe('done');
        const plain = (value: string | null | undefined) => value ?? '';
        const model = content.facts.identity?.model ?? '';
        const spoken = findings.find((one) => one.identity)?.identity;
        // A reader may shorten and clean words; what has no mark in it comes back as it was.
        if (/^[\w |^&~\\-]{1,40}$/.test(model) && model.trim() === model && !/ {2}/.test(model))
          expect(plain(spoken?.model)).toBe(model);
        expect(whole(bodies(findings))).toContain(`${MDC.IDC_MSMT_BATTERY_VOLTAGE} 2.98 V 0`);
      }),
      { numRuns: 25 },
    );
  });

  it('words with every delimiter come back as they were', async () => {
    const words = 'a|b^c&d~e\\f \\X0D\\ \\F\\ end';
    const details = { at: NOW - 5000, source: 'x', origin: 'stored' } as const;
    const content = contentFrom([
      identity({ deviceClass: 'icd', model: words, serial: 's|1' }),
      text(mdcCode(MDC.IDC_SET_MAGNET_RESP), words, details),
      observation(mdcCode(MDC.IDC_MSMT_BATTERY_VOLTAGE), decimal('2.98'), 'V', details),
    ]);
    const findings = await back(content);
    expect(findings.find((one) => one.identity)?.identity).toMatchObject({ model: words, serial: 's|1' });
    expect(whole(bodies(findings))).toContain(`${MDC.IDC_SET_MAGNET_RESP} "${words}"`);
  });
});
