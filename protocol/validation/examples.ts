import { MDC, mdcCode, term } from '../codes.js';
import { decimal } from '../decimal.js';
import { type Finding, type Interrogation, type Observation, v1 } from '../messages.js';

/** Right findings of every kind with every field set, for tests of validation, JSON, compatibility. */

const NOW = 1_800_000_000_000;
const time = {
  unixMs: NOW,
  endUnixMs: NOW + 1000,
  quality: v1.TimeQuality.TIME_QUALITY_CORRECTED,
  deviceText: '2027-01-15T07:58:00',
};
const source = { origin: v1.Source.Origin.ORIGIN_STORED, field: 'record 12', evidenceId: 'e1' };
const numeric = (value: string, unit: string) => ({
  value: decimal(value),
  unit,
  comparator: v1.Comparator.COMPARATOR_ABOUT,
});
const limit = {
  kind: v1.Limit.Kind.KIND_HIGH,
  value: numeric('1500', 'Ohm'),
  owner: v1.Limit.Owner.OWNER_DRIVER,
  reference: 'manual, page 41',
};

const around: Observation = {
  code: mdcCode(MDC.IDC_MSMT_LEADCHNL_RV_IMPEDANCE_VALUE, 'RV impedance'),
  componentId: 'lead.rv',
  instance: 1,
  time,
  validity: [v1.Validity.VALIDITY_UNQUALIFIED, v1.Validity.VALIDITY_ESTIMATED],
  freshForMs: 5000,
  source,
  original: numeric('1.99', 'kOhm'),
  limit: [limit],
  qualifier: [term('chamber.rv')],
  episodeId: 'ep.3',
};

const values: Readonly<Record<string, Observation>> = {
  numeric: { numeric: numeric('1990', 'Ohm') },
  compound: {
    compound: {
      part: [
        { code: mdcCode(MDC.PRESS_BLD_NONINV_SYS), numeric: numeric('120', 'mm[Hg]') },
        { code: mdcCode(MDC.PRESS_BLD_NONINV_MEAN), absent: v1.AbsentReason.ABSENT_REASON_NOT_A_NUMBER },
      ],
    },
  },
  coded: { coded: term('insulin.delivery.suspended') },
  bits: { bits: { raw: 4, width: 8, set: [{ bit: 2, meaning: term('blood-pressure.irregular-pulse') }] } },
  text: { text: 'Words of the device, 24 Ω' },
  samples: {
    samples: {
      periodMs: decimal('7.8125'),
      scale: decimal('0.005'),
      offset: decimal('-1'),
      unit: 'mV',
      sample: [1, -2, 0, 0, 5],
      gap: [{ first: 2, count: 2 }],
      marker: [{ sample: 1, code: term('marker.SHOCK'), numeric: numeric('35', 'J') }],
    },
  },
  dateTime: { dateTime: time },
  range: { range: { low: decimal('-0.1'), high: decimal('3.5'), unit: 'L/min' } },
  absent: { absent: v1.AbsentReason.ABSENT_REASON_NOT_PERMITTED },
};

export const FINDINGS: Readonly<Record<string, Finding>> = {
  ...Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      // A limit is compared with a value of its own kind only.
      const limits = name === 'range' ? { limit: [{ ...limit, value: numeric('6', 'L/min') }] } : {};
      return [`observation of ${name}`, { observation: { ...around, ...limits, ...value } }];
    }),
  ),
  setting: { setting: { ...around, numeric: numeric('40', '{beats}/min'), limit: [] } },
  statistic: { statistic: { ...around, numeric: numeric('99.5', '%'), limit: [] } },
  identity: {
    identity: {
      deviceClass: v1.DeviceClass.DEVICE_CLASS_ICD,
      type: mdcCode(MDC.IDC_ENUM_DEV_TYPE_ICD),
      manufacturer: 'OneBox Practice',
      model: 'Practice ICD',
      serial: 'P-4417',
      firmware: '1.0.0',
      hardware: 'B',
      software: '2.1',
      udi: {
        deviceIdentifier: '00000000000017',
        issuer: 'GS1',
        carrier: '(01)00000000000017',
        lot: 'L1',
        serial: 'P-4417',
        manufactured: '2026-01',
        expires: '2036-01',
      },
      mriSafety: v1.MriSafety.MRI_SAFETY_MR_CONDITIONAL,
      mriConditions: '1.5 T',
      implanted: { unixMs: NOW - 1e11, quality: v1.TimeQuality.TIME_QUALITY_DEVICE },
      evidence: v1.Evidence.EVIDENCE_DECLARED,
      practice: true,
    },
  },
  component: {
    component: {
      id: 'lead.rv',
      kind: v1.Component.Kind.KIND_LEAD,
      instance: 1,
      parentId: 'generator',
      location: term('chamber.rv'),
      manufacturer: 'M',
      model: 'L65',
      serial: 'L-1',
    },
  },
  episode: {
    episode: {
      id: 'ep.3',
      number: 3,
      time,
      type: term('episode.vf'),
      vendorType: 'VF',
      rate: numeric('240', '{beats}/min'),
      duration: numeric('12.4', 's'),
      therapy: [
        {
          code: term('therapy.shock'),
          energy: numeric('35', 'J'),
          count: 1,
          time: { quality: v1.TimeQuality.TIME_QUALITY_ORDER_ONLY, order: 7 },
        },
      ],
      outcome: term('outcome.ended-by-therapy'),
      hasStrip: true,
      source,
    },
  },
  alert: {
    alert: {
      code: term('alert.lead-impedance-high'),
      origin: v1.Alert.Origin.ORIGIN_RULE,
      severity: v1.Severity.SEVERITY_CHECK,
      state: v1.Alert.State.STATE_ACTIVE,
      since: time,
      componentId: 'lead.rv',
      value: numeric('1.99', 'kOhm'),
      limit,
      vendorText: 'Impedance',
      source,
    },
  },
  clock: { clock: { offsetMs: -3_720_000, tabletUnixMs: NOW, deviceText: '2027-01-15T06:58:00' } },
  evidence: {
    evidence: { id: 'e1', channel: '2A18', sha256: new Uint8Array(32).fill(7), content: Uint8Array.of(1, 2, 3) },
  },
  progress: { progress: { phase: v1.Phase.PHASE_CRITICAL, state: v1.Progress.State.STATE_DONE, read: 7, expected: 8 } },
  fault: {
    fault: {
      error: 104,
      phase: v1.Phase.PHASE_TRENDS,
      code: mdcCode(MDC.IDC_MSMT_BATTERY_VOLTAGE),
      componentId: 'battery',
      reason: v1.AbsentReason.ABSENT_REASON_NOT_PERMITTED,
      detail: 'ATT error 0x02',
    },
  },
};

export const INTERROGATION: Interrogation = {
  sessionId: '000102030405060708090a0b0c0d0e0f',
  schemaVersion: '1.0',
  purpose: v1.PurposeOfUse.PURPOSE_OF_USE_HTEST,
  driver: { id: 'onebox-native', version: '1.0.0', sha256: new Uint8Array(32).fill(9) },
  transport: v1.Transport.TRANSPORT_BLE,
  startedUnixMs: NOW,
  endedUnixMs: NOW + 9000,
  timeZone: 'Europe/Zurich',
  deviceClock: { offsetMs: -3_720_000, tabletUnixMs: NOW, deviceText: '06:58' },
  completeness: v1.Completeness.COMPLETENESS_PARTIAL,
  missing: [
    {
      phase: v1.Phase.PHASE_TRENDS,
      code: mdcCode(MDC.IDC_MSMT_BATTERY_VOLTAGE),
      componentId: 'battery',
      reason: v1.AbsentReason.ABSENT_REASON_ERROR,
      error: 102,
    },
  ],
  finding: Object.values(FINDINGS).map((finding, i) => ({ ...finding, sequence: i + 1, receivedUnixMs: NOW + i })),
  linksOpened: 2,
  linksLost: 1,
  bytesReceived: 4096,
  bytesSent: 120,
  practice: true,
  applicationVersion: '0.1.0',
};

/** One message of every kind that is stored or sent, by name. */
export function examples(): Readonly<Record<'Interrogation' | 'Request' | 'Response' | 'AuditRecord', object>> {
  return {
    Interrogation: INTERROGATION,
    Request: { id: 7, read: { phase: v1.Phase.PHASE_TRENDS, skip: 12 } },
    Response: { id: 7, finding: FINDINGS['observation of samples'] },
    AuditRecord: {
      schema: 1,
      index: 41,
      unixMs: NOW,
      monotonicMs: 123_456,
      bootId: new Uint8Array(16).fill(1),
      event: 110127,
      outcome: 4,
      error: 101,
      person: new Uint8Array(16).fill(2),
      secondPerson: new Uint8Array(16).fill(3),
      device: new Uint8Array(16).fill(4),
      accessId: new Uint8Array(16).fill(5),
      sessionId: new Uint8Array(16).fill(6),
      purpose: v1.PurposeOfUse.PURPOSE_OF_USE_BTG,
      reason: 2,
      role: 1,
      factor: [1, 3],
      driver: { id: 'onebox-native', version: '1.0.0', sha256: new Uint8Array(32).fill(9) },
      transport: v1.Transport.TRANSPORT_SERIAL,
      completeness: v1.Completeness.COMPLETENESS_COMPLETE,
      number: { bytes: 4096, minutes: -5 },
      keyEpoch: 3,
      seal: new Uint8Array(56).fill(10),
    },
  };
}
