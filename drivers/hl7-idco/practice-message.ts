import type { ContentFault } from '@onebox/driver-sdk/simulated/faults.js';
import { seededRandom } from '@onebox/driver-sdk/simulated/values.js';
import { MDC, mdcCode } from '@onebox/protocol/codes.js';
import { practiceReport } from './practice-report.js';

/**
 * The message of a practice programmer: a dual chamber ICD, implanted three years ago, with a shock for ventricular
 * fibrillation an hour before the session. MSH-11 says that it is for training. Values depend on the seed alone, times
 * on the clock.
 */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

type Term = Extract<keyof typeof MDC, `IDC_${string}`>;

interface More {
  readonly unit?: string;
  readonly group?: number;
  readonly flag?: string;
  readonly status?: string;
  readonly at?: string;
}

/** `20261122061500+0000`. */
export function stamp(ms: number): string {
  return `${new Date(ms).toISOString().replace(/[-T:]/g, '').slice(0, 14)}+0000`;
}

class Lines {
  readonly lines: string[] = [];
  #place = 0;

  add(
    type: string,
    code: string,
    value: string,
    { unit = '', group, flag = '', status = 'F', at = '' }: More = {},
  ): void {
    this.#place += 1;
    this.lines.push(
      `OBX|${this.#place}|${type}|${code}|${group ?? ''}|${value}|${unit}||${flag}|||${status}|||${at}`.replace(
        /\|+$/,
        '',
      ),
    );
  }

  /** A term of the tables, under its own name. */
  put(type: string, term: Term, value: string, more: More = {}): void {
    this.add(type, `${MDC[term]}^MDC_${term}^MDC`, value, more);
  }

  number(term: Term, value: string | number, unit: string, more: More = {}): void {
    this.put('NM', term, String(value), { ...more, unit });
  }

  /** A coded value by its number. */
  coded(term: Term, value: Term, more: More = {}): void {
    this.put('CWE', term, `${MDC[value]}^${mdcCode(MDC[value]).coding?.[0]?.refId ?? ''}^MDC`, more);
  }

  /** A coded value whose number is not in our tables: senders that give only the mnemonic write so. */
  mnemonic(term: Term, value: string, more: More = {}): void {
    this.put('CWE', term, value, more);
  }
}

/** The segments of the message, without their terminators. `now`: the programmer's clock. */
export function practiceMessage(now: number, seed = 1, fault?: ContentFault): readonly string[] {
  const random = seededRandom(seed);
  const timed = fault !== 'clock-unset';
  const session = now - 5 * MINUTE;
  const time = (ms: number) => (timed ? stamp(ms) : '');
  const out = new Lines();
  identity(out, session);
  battery(out, time(session - 2 * HOUR), fault);
  therapy(out);
  leads(out, time(session - MINUTE), random, fault);
  bradycardia(out);
  zones(out);
  counters(out, session, timed, random);
  episodes(out, session, timed);
  // A term of the maker's own, as all of them have.
  out.add('NM', 'PRACTICE-1^Practice signal^PRACTICE', '42', { unit: '%' });
  if (fault === 'newer-firmware') out.add('ST', '787001^MDC_NEW_THING^MDC', 'new words');
  out.add('ED', '18750-0^Cardiac Electrophysiology Report^LN', `Application^PDF^^Base64^${practiceReport()}`, {
    group: 1,
  });
  const version = fault === 'newer-firmware' ? '2.9' : '2.6';
  return [
    `MSH|^~\\&|PRACTICE PROGRAMMER|OneBox Practice|||${time(now)}||ORU^R01^ORU_R01|PRACTICE-${seed}|T|${version}|||AL|NE||UNICODE UTF-8|||IHE_PCD_ORU_R01^IHE PCD^1.3.6.1.4.1.19376.1.6.1.9.1^ISO`,
    ...(fault === 'newer-firmware' ? ['ZPX|1|what a later version says'] : []),
    'PID|1||model:Practice ICD DR/serial:PRACTICE-4420^^^PRACTICE^U~PRACTICE-ID^^^PRACTICE^MR||Practice^Patient^^^^^L',
    'PV1|1|E',
    `OBR|1||PRACTICE-${seed}|${MDC.IDC_ENUM_SESS_TYPE_InClinic}^MDC_IDC_ENUM_SESS_TYPE_InClinic^MDC|||${time(session)}||||||||||||||||||P`,
    'NTE|1|L|PRACTICE: a simulated device of nobody',
    ...out.lines,
  ];
}

function identity(out: Lines, session: number): void {
  const day = (days: number) => stamp(session - days * DAY).slice(0, 8);
  out.coded('IDC_DEV_TYPE', 'IDC_ENUM_DEV_TYPE_ICD');
  out.put('ST', 'IDC_DEV_MODEL', 'Practice ICD DR');
  out.put('ST', 'IDC_DEV_SERIAL', 'PRACTICE-4420');
  out.put('CWE', 'IDC_DEV_MFG', 'PRACTICE^OneBox Practice');
  out.put('DTM', 'IDC_DEV_IMPLANT_DT', day(1127));
  for (const [group, chamber, detail] of [
    [1, 'RA', 'Appendage'],
    [2, 'RV', 'Apex'],
  ] as const) {
    out.put('ST', 'IDC_LEAD_MODEL', `Practice Lead ${50 + group}`, { group });
    out.put('ST', 'IDC_LEAD_SERIAL', `PRACTICE-L${group}`, { group });
    out.put('CWE', 'IDC_LEAD_MFG', 'PRACTICE^OneBox Practice', { group });
    out.put('DTM', 'IDC_LEAD_IMPLANT_DT', day(1127), { group });
    out.mnemonic('IDC_LEAD_POLARITY_TYPE', 'BI^Bipolar Lead', { group });
    out.mnemonic('IDC_LEAD_LOCATION', `${chamber}^${chamber === 'RA' ? 'Right Atrium' : 'Right Ventricle'}`, { group });
    out.mnemonic('IDC_LEAD_LOCATION_DETAIL_1', `${detail}^${detail}`, { group });
    out.coded('IDC_LEAD_CONNECTION_STATUS', 'IDC_ENUM_LEAD_STATUS_Connected', { group });
  }
  out.put('DTM', 'IDC_SESS_DTM', stamp(session));
  out.coded('IDC_SESS_TYPE', 'IDC_ENUM_SESS_TYPE_InClinic');
}

function battery(out: Lines, at: string, fault: ContentFault | undefined): void {
  const low = fault === 'battery-low';
  if (at !== '') out.put('DTM', 'IDC_MSMT_BATTERY_DTM', at);
  out.coded('IDC_MSMT_BATTERY_STATUS', low ? 'IDC_ENUM_BATTERY_STATUS_RRT' : 'IDC_ENUM_BATTERY_STATUS_BOS');
  const wrong = fault === 'wrong-unit';
  out.number(
    'IDC_MSMT_BATTERY_VOLTAGE',
    fault === 'not-a-number' ? '****' : low ? '2.61' : '2.98',
    wrong ? 'Ohm' : 'V',
  );
  out.number('IDC_MSMT_BATTERY_REMAINING_LONGEVITY', low ? '3' : '94', 'mo');
  out.number('IDC_MSMT_BATTERY_REMAINING_PERCENTAGE', low ? '4' : '81', '%');
  out.number('IDC_MSMT_CAP_CHARGE_TIME', '8.4', 's');
  out.number('IDC_MSMT_CAP_CHARGE_ENERGY', '35', 'J');
  out.coded('IDC_MSMT_CAP_CHARGE_TYPE', 'IDC_ENUM_CHARGE_TYPE_Shock');
}

function therapy(out: Lines): void {
  out.coded('IDC_SET_TACHYTHERAPY_VSTAT', 'IDC_ENUM_THERAPY_STATUS_On');
  out.put('ST', 'IDC_SET_MAGNET_RESP', 'Suspends detection while the magnet is in place');
}

function leads(out: Lines, at: string, random: () => number, fault: ContentFault | undefined): void {
  for (const chamber of ['RA', 'RV'] as const) {
    const atrial = chamber === 'RA';
    if (at !== '') out.put('DTM', `IDC_MSMT_LEADCHNL_${chamber}_DTM_START`, at);
    out.number(`IDC_MSMT_LEADCHNL_${chamber}_IMPEDANCE_VALUE`, (atrial ? 440 : 510) + Math.floor(random() * 40), 'Ohm');
    out.number(`IDC_MSMT_LEADCHNL_${chamber}_SENSING_INTR_AMPL_MEAN`, atrial ? '2.8' : '11.2', 'mV');
    if (!atrial && fault === 'never-measured')
      out.put('NM', 'IDC_MSMT_LEADCHNL_RV_PACING_THRESHOLD_AMPLITUDE', '', { unit: 'V', flag: 'NI', status: 'X' });
    else out.number(`IDC_MSMT_LEADCHNL_${chamber}_PACING_THRESHOLD_AMPLITUDE`, atrial ? '0.50' : '0.75', 'V');
    out.number(`IDC_MSMT_LEADCHNL_${chamber}_PACING_THRESHOLD_PULSEWIDTH`, '0.40', 'ms');
    out.coded(
      `IDC_MSMT_LEADCHNL_${chamber}_PACING_THRESHOLD_MEASUREMENT_METHOD`,
      'IDC_ENUM_PACING_THRESHOLD_MEASUREMENT_METHOD_DeviceAutomatic',
    );
    out.coded(`IDC_MSMT_LEADCHNL_${chamber}_PACING_THRESHOLD_POLARITY`, 'IDC_ENUM_POLARITY_BI');
    out.number(`IDC_SET_LEADCHNL_${chamber}_PACING_AMPLITUDE`, atrial ? '1.50' : '2.00', 'V');
    out.number(`IDC_SET_LEADCHNL_${chamber}_PACING_PULSEWIDTH`, '0.40', 'ms');
    out.coded(`IDC_SET_LEADCHNL_${chamber}_PACING_POLARITY`, 'IDC_ENUM_POLARITY_BI');
    out.number(`IDC_SET_LEADCHNL_${chamber}_SENSING_SENSITIVITY`, '0.30', 'mV');
  }
  out.number('IDC_MSMT_LEADHVCHNL_IMPEDANCE', 58 + Math.floor(random() * 8), 'Ohm', { group: 1 });
  out.mnemonic('IDC_MSMT_LEADHVCHNL_MEASUREMENT_TYPE', 'LowVoltage^Low-voltage pulse', { group: 1 });
}

function bradycardia(out: Lines): void {
  out.mnemonic('IDC_SET_BRADY_MODE', 'DDDR^DDDR');
  out.number('IDC_SET_BRADY_LOWRATE', 60, '{beats}/min');
  out.put('NM', 'IDC_SET_BRADY_HYSTRATE', '', { flag: 'OFF', status: 'X' });
  out.number('IDC_SET_BRADY_MAX_TRACKING_RATE', 130, '{beats}/min');
  out.number('IDC_SET_BRADY_MAX_SENSOR_RATE', 120, '{beats}/min');
  out.number('IDC_SET_BRADY_SAV_DELAY_HIGH', 150, 'ms');
  out.number('IDC_SET_BRADY_PAV_DELAY_HIGH', 180, 'ms');
}

function zones(out: Lines): void {
  for (const [group, type, interval, energies] of [
    [1, 'VF', 320, [35, 35]],
    [2, 'VT', 380, [20, 35]],
  ] as const) {
    out.coded('IDC_SET_ZONE_TYPE', `IDC_ENUM_ZONE_TYPE_Zone_${type}`, { group });
    out.coded('IDC_SET_ZONE_STATUS', 'IDC_ENUM_ZONE_STATUS_Active', { group });
    out.number('IDC_SET_ZONE_DETECTION_INTERVAL', interval, 'ms', { group });
    out.number('IDC_SET_ZONE_DETECTION_BEATS_NUMERATOR', 30, '{beats}', { group });
    out.number('IDC_SET_ZONE_DETECTION_BEATS_DENOMINATOR', 40, '{beats}', { group });
    if (type === 'VT') {
      out.coded('IDC_SET_ZONE_TYPE_ATP_1', 'IDC_ENUM_ATP_TYPE_Burst', { group });
      out.number('IDC_SET_ZONE_NUM_ATP_SEQS_1', 3, '{seq}', { group });
    }
    out.number('IDC_SET_ZONE_SHOCK_ENERGY_1', energies[0], 'J', { group });
    out.number('IDC_SET_ZONE_SHOCK_ENERGY_2', energies[1], 'J', { group });
    out.number('IDC_SET_ZONE_NUM_SHOCKS_1', 1, '{shocks}', { group });
    out.number('IDC_SET_ZONE_NUM_SHOCKS_2', 5, '{shocks}', { group });
  }
}

function counters(out: Lines, session: number, timed: boolean, random: () => number): void {
  const span = (term: 'BRADY' | 'AT' | 'TACHYTHERAPY_RECENT' | 'TACHYTHERAPY_TOTAL', days: number) => {
    if (!timed) return;
    out.put('DTM', `IDC_STAT_${term}_DTM_START`, stamp(session - days * DAY));
    out.put('DTM', `IDC_STAT_${term}_DTM_END`, stamp(session));
  };
  span('BRADY', 90);
  out.number('IDC_STAT_BRADY_RA_PERCENT_PACED', 10 + Math.floor(random() * 30), '%');
  out.number('IDC_STAT_BRADY_RV_PERCENT_PACED', (random() * 4).toFixed(1), '%');
  span('AT', 90);
  out.number('IDC_STAT_AT_BURDEN_PERCENT', '0.1', '%');
  span('TACHYTHERAPY_RECENT', 90);
  out.number('IDC_STAT_TACHYTHERAPY_SHOCKS_DELIVERED_RECENT', 1, '{shocks}');
  out.number('IDC_STAT_TACHYTHERAPY_SHOCKS_ABORTED_RECENT', 0, '{shocks}');
  out.number('IDC_STAT_TACHYTHERAPY_ATP_DELIVERED_RECENT', 2, '{seq}');
  span('TACHYTHERAPY_TOTAL', 1127);
  out.number('IDC_STAT_TACHYTHERAPY_SHOCKS_DELIVERED_TOTAL', 2, '{shocks}');
  out.number('IDC_STAT_TACHYTHERAPY_ATP_DELIVERED_TOTAL', 9, '{seq}');
}

function episodes(out: Lines, session: number, timed: boolean): void {
  for (const [group, number, type, ago, interval, seconds, details] of [
    [1, 12, 'Epis_VF^VF', HOUR, 240, 14, '1 shock of 35 J'],
    [2, 11, '', 9 * DAY, 340, 8, '1 burst of ATP'],
  ] as const) {
    out.put('ST', 'IDC_EPISODE_ID', String(number), { group });
    if (timed) out.put('DTM', 'IDC_EPISODE_DTM', stamp(session - ago), { group });
    if (type === '') out.coded('IDC_EPISODE_TYPE', 'IDC_ENUM_EPISODE_TYPE_Epis_VT', { group });
    else out.mnemonic('IDC_EPISODE_TYPE', type, { group });
    out.number('IDC_EPISODE_VENTRICULAR_INTERVAL_AT_DETECTION', interval, 'ms', { group });
    out.put('ST', 'IDC_EPISODE_DETECTION_THERAPY_DETAILS', details, { group });
    out.coded('IDC_EPISODE_THERAPY_RESULT', 'IDC_ENUM_EPISODE_THERAPY_RESULT_Successful', { group });
    out.number('IDC_EPISODE_DURATION', seconds, 's', { group });
  }
}
