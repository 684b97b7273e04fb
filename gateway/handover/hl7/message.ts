import { MDC, MDC_SYSTEM, mdcCode } from '@onebox/protocol/codes.js';
import { toText } from '@onebox/protocol/decimal.js';
import { errorLabel } from '@onebox/protocol/errors.js';
import type { Alert, Code, Component, Episode, Observation } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/messages.js';
import { matchWords } from '../../card/match-words.js';
import type { DeviceClassId } from '../../card/model.js';
import { absentCode, severityLevel } from '../../card/words.js';
import { phaseId } from '../../interrogation/phases.js';
import { patientWords } from '../patient-words.js';
import { plain } from '../plain.js';
import type { Content } from '../read-out.js';
import { cwe, numeric, type Obx, obxLines, own, valueObx } from './obx.js';
import { components, dtm, escaped, numbered } from './segment.js';

/**
 * What was read as an ORU^R01 message of HL7 v2.6. Of cardiac implants it is one by IHE PCD-09 (IDCO); of others the
 * same list of OBX with the codes of IEEE 11073. Strips are not in it: v2 has no exact place for them.
 */

const CARDIAC: ReadonlySet<DeviceClassId> = new Set<DeviceClassId>([
  'pacemaker',
  'icd',
  'crt-p',
  'crt-d',
  'loop-recorder',
]);
const PROFILE = 'IHE_PCD_ORU_R01^IHE PCD^1.3.6.1.4.1.19376.1.6.1.9.1^ISO';
/** Of which enumeration value a class is one; others have none. */
const TYPES: Readonly<Partial<Record<DeviceClassId, number>>> = {
  pacemaker: MDC.IDC_ENUM_DEV_TYPE_IPG,
  icd: MDC.IDC_ENUM_DEV_TYPE_ICD,
  'crt-p': MDC.IDC_ENUM_DEV_TYPE_CRT_P,
  'crt-d': MDC.IDC_ENUM_DEV_TYPE_CRT_D,
  'loop-recorder': MDC.IDC_ENUM_DEV_TYPE_Monitor,
};
const { KIND_LEAD, KIND_ZONE } = v1.Component.Kind;

/** UTF-8, a CR behind each segment, no MLLP block around it. */
export function hl7Message(content: Content): string {
  const { card, session, madeAt, practice, reference, version } = content;
  const cardiac = CARDIAC.has(card.identity.deviceClass);
  const lines = [
    numbered('MSH', {
      1: '^~\\&',
      2: components('OneBox', version),
      6: dtm(madeAt),
      8: 'ORU^R01^ORU_R01',
      9: escaped((session.sessionId ?? '').slice(0, 20)),
      // T: training.
      10: practice ? 'T' : 'P',
      11: '2.6',
      17: 'UNICODE UTF-8',
      ...(cardiac ? { 20: PROFILE } : {}),
    }),
    patient(content),
    numbered('OBR', {
      1: '1',
      3: components(reference, 'OneBox'),
      4: cardiac ? cwe(mdcCode(MDC.IDC_ENUM_SESS_TYPE_InClinic)) : cwe(own('read-out', 'Read-out of a device')),
      7: dtm(session.startedUnixMs),
      8: dtm(session.endedUnixMs || madeAt),
      25: 'R',
    }),
    ...notes(content).map((words, index) => numbered('NTE', { 1: String(index + 1), 2: 'P', 3: escaped(words) })),
  ];
  let place = 0;
  for (const obx of observations(content, cardiac)) {
    place += 1;
    lines.push(...obxLines(obx, place));
  }
  return lines.map((line) => `${line}\r`).join('');
}

/** PID-3 names the device before the patient: `model:XXX/serial:YYY^^^MFG^U`. Nothing that is not known is filled in. */
function patient({ card, values }: Content): string {
  const { model, serial, manufacturer } = card.identity;
  const [name = ''] = patientWords(values, 'name');
  const [family = '', given = ''] = name.split(/, (.*)/s);
  const [born = ''] = patientWords(values, 'birth-date');
  const [sex = ''] = patientWords(values, 'sex');
  const ids = patientWords(values, 'identifier').map((id) => {
    const [, value = id, kind = ''] = /^(.*) \(([^()]+)\)$/s.exec(id) ?? [];
    return components(value, '', '', '', kind);
  });
  const device =
    model || serial ? components(`model:${plain(model)}/serial:${plain(serial)}`, '', '', manufacturer, 'U') : '';
  return numbered('PID', {
    1: '1',
    3: [device, ...ids].filter(Boolean).join('~'),
    5: components(family, given),
    7: /^[\d-]{4,10}$/.test(born) ? born.replaceAll('-', '') : '',
    8: escaped(sex),
  });
}

function notes({ practice, session, card, series, leftOut }: Content): string[] {
  const { offsetMs } = card.clock ?? {};
  return [
    practice ? 'PRACTICE: a simulated device of nobody' : '',
    matchWords(card.patientMatch),
    'Read only by OneBox, not verified by anybody. Not a monitor.',
    offsetMs === undefined ? '' : `Device clock minus tablet clock: ${offsetMs} ms. Times of OBX-14 are corrected.`,
    series.length > 0 ? `${series.length} series of samples (strips, trends) are in the FHIR file only.` : '',
    leftOut > 0 ? `Left out: ${leftOut} earlier live values or live strips.` : '',
    ...(session.missing ?? []).flatMap(({ phase, code, reason, error }) =>
      phase && !code
        ? [`not read: ${phaseId(phase)}, ${absentCode(reason) ?? 'unknown'}${error ? `, ${errorLabel(error)}` : ''}`]
        : [],
    ),
  ].filter(Boolean);
}

function* observations(content: Content, cardiac: boolean): Generator<Obx, void, void> {
  const { facts, values } = content;
  const groups = new Groups(content);
  if (cardiac) yield* identity(content, groups);
  for (const [index, alert] of facts.alerts.entries()) yield alertObx(alert, index + 1);
  for (const { value } of values) if (!value.episodeId) yield* valueObx(value, groups.of(value));
  for (const [index, episode] of facts.episodes.entries()) {
    const members = values.filter(({ value }) => value.episodeId && value.episodeId === episode.id);
    const stated = new Set(members.flatMap(({ value }) => numberOf(value.code) ?? []));
    yield* episodeObx(episode, index + 1, stated);
    for (const { value } of members) yield* valueObx(value, index + 1);
  }
  const known = new Set(facts.episodes.map(({ id }) => id));
  for (const { value } of values)
    if (value.episodeId && !known.has(value.episodeId)) yield* valueObx(value, groups.of(value));
  for (const { phase, code, reason, error } of content.session.missing ?? [])
    if (phase && code)
      yield {
        code,
        type: '',
        value: '',
        flags: ['NAV', absentCode(reason) ?? 'unknown'],
        ...(error ? { notes: [errorLabel(error)] } : {}),
      };
}

/** OBX-4: the number of the lead, zone or high-voltage channel; else the place among values of one code. */
class Groups {
  private readonly highVoltage: readonly string[];

  constructor(private readonly content: Content) {
    const { values } = content;
    const ids = values.flatMap(({ value }) => (isHighVoltage(value.code) ? [value.componentId ?? ''] : []));
    this.highVoltage = [...new Set(ids)];
  }

  of({ code, componentId, instance }: Observation): number | undefined {
    if (isHighVoltage(code)) return this.highVoltage.indexOf(componentId ?? '') + 1;
    const part = this.content.facts.components.get(componentId ?? '');
    const among = instance ? instance + 1 : undefined;
    if (part && (part.kind === KIND_LEAD || part.kind === KIND_ZONE)) return part.instance || 1;
    // The terms of lead channels name their chamber; those of other parts name nothing.
    return part && !nameOf(code).startsWith('MDC_IDC_') ? (part.instance ?? among) : among;
  }
}

const nameOf = (code: Code | null | undefined): string => code?.coding?.[0]?.refId ?? '';
const isHighVoltage = (code: Code | null | undefined): boolean => nameOf(code).includes('_LEADHVCHNL_');

function numberOf(code: Code | null | undefined): number | undefined {
  const found = code?.coding?.find(({ system }) => system === MDC_SYSTEM)?.code;
  return found && /^\d{1,10}$/.test(found) ? Number(found) : undefined;
}

/** What IDCO has terms for and the device has told as its identity, unless it stands among the values already. */
function* identity({ facts, card, values }: Content, groups: Groups): Generator<Obx, void, void> {
  const said = new Set(values.map(({ value }) => `${numberOf(value.code)} ${groups.of(value) ?? ''}`));
  const { identity: device } = facts;
  const { deviceClass, manufacturer, model, serial } = card.identity;
  const type = TYPES[deviceClass];
  const one = (term: number, kind: Obx['type'], value: string, group?: number): Obx[] =>
    value === '' || said.has(`${term} ${group ?? ''}`)
      ? []
      : [{ code: mdcCode(term), type: kind, value, ...(group === undefined ? {} : { group }) }];
  if (type !== undefined) yield* one(MDC.IDC_DEV_TYPE, 'CWE', cwe(mdcCode(type)));
  yield* one(MDC.IDC_DEV_MODEL, 'ST', escaped(model));
  yield* one(MDC.IDC_DEV_SERIAL, 'ST', escaped(serial));
  yield* one(MDC.IDC_DEV_MFG, 'CWE', manufacturer ? components('', manufacturer) : '');
  yield* one(MDC.IDC_DEV_IMPLANT_DT, 'DTM', dtm(device?.implanted?.unixMs).slice(0, 8));
  for (const lead of facts.components.values()) if (lead.kind === KIND_LEAD) yield* leadObx(lead, one);
}

function* leadObx(
  lead: Component,
  one: (term: number, kind: Obx['type'], value: string, group?: number) => Obx[],
): Generator<Obx, void, void> {
  const group = lead.instance || 1;
  yield* one(MDC.IDC_LEAD_MODEL, 'ST', escaped(lead.model), group);
  yield* one(MDC.IDC_LEAD_SERIAL, 'ST', escaped(lead.serial), group);
  yield* one(MDC.IDC_LEAD_MFG, 'CWE', plain(lead.manufacturer) ? components('', lead.manufacturer) : '', group);
  yield* one(MDC.IDC_LEAD_LOCATION, 'CWE', lead.location ? cwe(lead.location) : '', group);
}

/** IDCO has no alerts: they stand under a code of ours. */
function alertObx(alert: Alert, group: number): Obx {
  const words = plain(alert.vendorText);
  const ended = alert.state === v1.Alert.State.STATE_ENDED;
  return {
    code: own('alert', 'Alert of the device'),
    type: 'CWE',
    value: cwe(alert.code),
    group,
    at: alert.since,
    notes: [`${severityLevel(alert.severity)}${ended ? ', ended' : ''}`, ...(words ? [`device says ${words}`] : [])],
  };
}

function* episodeObx(episode: Episode, group: number, stated: ReadonlySet<number>): Generator<Obx, void, void> {
  const { number, time, type, vendorType, rate, duration, outcome, therapy } = episode;
  const one = (code: number | Code, rest: Omit<Obx, 'code' | 'group' | 'at'>): Obx[] =>
    rest.value === '' || (typeof code === 'number' && stated.has(code))
      ? []
      : [{ ...rest, code: typeof code === 'number' ? mdcCode(code) : code, group, at: time }];
  yield* one(MDC.IDC_EPISODE_ID, { type: 'ST', value: number ? String(number) : '' });
  yield* one(MDC.IDC_EPISODE_DTM, { type: 'DTM', value: dtm(time?.unixMs) });
  yield* one(MDC.IDC_EPISODE_TYPE, { type: 'CWE', value: cwe(type) });
  yield* one(MDC.IDC_EPISODE_VENDOR_TYPE, { type: 'CWE', value: plain(vendorType) ? components('', vendorType) : '' });
  if (rate) yield* one(own('episode.rate', 'Rate of the episode'), numeric(rate));
  if (duration) yield* one(MDC.IDC_EPISODE_DURATION, numeric(duration));
  if (outcome) yield* one(MDC.IDC_EPISODE_THERAPY_RESULT, { type: 'CWE', value: cwe(outcome) });
  for (const { code, energy, count } of therapy ?? [])
    yield* one(MDC.IDC_EPISODE_DETECTION_THERAPY_DETAILS, {
      type: 'ST',
      value: escaped(
        [
          code?.coding?.map(({ display, refId, code: text }) => display || refId || text).find(Boolean),
          energy ? `${toText(energy.value ?? {})} ${energy.unit ?? ''}` : '',
          count ? `${count} times` : '',
        ]
          .filter(Boolean)
          .join(', '),
      ),
    });
}
