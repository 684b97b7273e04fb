import { type Details, fault, identity, text } from '@onebox/driver-sdk/findings.js';
import type { DeviceClassName } from '@onebox/driver-sdk/manifest.js';
import { printable } from '@onebox/driver-sdk/parts/text.js';
import { MDC, MDC_SYSTEM, term } from '@onebox/protocol/codes.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Code, Finding } from '@onebox/protocol/messages.js';
import type { OneBoxTerm } from '@onebox/protocol/nomenclature/onebox-terms.js';
import { codedValue, maker } from './codes.js';
import type { OruMessage } from './oru.js';
import type { MessageTimes } from './times.js';

/** Who the device is, and whose the message says it is. */

const CLASSES: Readonly<Record<string, DeviceClassName>> = {
  [MDC.IDC_ENUM_DEV_TYPE_IPG]: 'pacemaker',
  [MDC.IDC_ENUM_DEV_TYPE_ICD]: 'icd',
  [MDC.IDC_ENUM_DEV_TYPE_CRT_D]: 'crt-d',
  [MDC.IDC_ENUM_DEV_TYPE_CRT_P]: 'crt-p',
  [MDC.IDC_ENUM_DEV_TYPE_Monitor]: 'loop-recorder',
};

/** What only a device that treats fast rhythms has, and what only one that paces has. */
const TREATS: readonly number[] = [
  MDC.IDC_SET_TACHYTHERAPY_VSTAT,
  MDC.IDC_MSMT_LEADHVCHNL_IMPEDANCE,
  MDC.IDC_MSMT_LEADHVCHNL_STATUS,
  MDC.IDC_SET_ZONE_SHOCK_ENERGY_1,
  MDC.IDC_STAT_TACHYTHERAPY_SHOCKS_DELIVERED_RECENT,
  MDC.IDC_STAT_TACHYTHERAPY_SHOCKS_DELIVERED_TOTAL,
];
const PACES: readonly number[] = [MDC.IDC_SET_BRADY_MODE, MDC.IDC_SET_BRADY_LOWRATE];
const RESYNCHRONISES: readonly number[] = [MDC.IDC_SET_CRT_PACED_CHAMBERS, MDC.IDC_STAT_CRT_PERCENT_PACED];

/** By its stated type, else by what the message says that it does. `generic` where neither tells. */
function deviceClass(message: OruMessage, type: Code | undefined): DeviceClassName {
  for (const { system, code } of type?.coding ?? []) {
    const known = system === MDC_SYSTEM ? CLASSES[code ?? ''] : undefined;
    if (known) return known;
  }
  const has = (numbers: readonly number[]) =>
    message.observations.some(
      ({ number, values }) => number !== undefined && values.length > 0 && numbers.includes(number),
    );
  if (has(TREATS)) return has(RESYNCHRONISES) ? 'crt-d' : 'icd';
  if (has(PACES)) return has(RESYNCHRONISES) ? 'crt-p' : 'pacemaker';
  return 'generic';
}

/** The identity, a fault where two places of the message name different devices, and the patient. */
export function identityFindings(message: OruMessage, times: MessageTimes): Finding[] {
  const { pid, observations } = message;
  const value = (number: number) => observations.find((obx) => obx.number === number)?.values[0] ?? [];
  const type = codedValue(value(MDC.IDC_DEV_TYPE), MDC.IDC_DEV_TYPE);
  const serial = printable(value(MDC.IDC_DEV_SERIAL)[0] ?? '');
  const implanted = times.parse(value(MDC.IDC_DEV_IMPLANT_DT)[0] ?? '');
  const placed = implanted && times.time(implanted, 1);
  const fields = {
    manufacturer: maker(value(MDC.IDC_DEV_MFG)) || (pid?.manufacturer ?? ''),
    model: printable(value(MDC.IDC_DEV_MODEL)[0] ?? '') || (pid?.model ?? ''),
    serial: serial || (pid?.serial ?? ''),
  };
  const known = type !== undefined || Object.values(fields).some((text) => text !== '');
  const other = serial !== '' && pid !== undefined && pid.serial !== '' && pid.serial !== serial;
  return [
    ...(known
      ? [
          identity({
            deviceClass: deviceClass(message, type),
            ...(type ? { type } : {}),
            ...fields,
            ...(placed?.unixMs ? { implanted: placed } : {}),
            practice: message.practice,
          }),
        ]
      : []),
    ...(other
      ? [fault(new OneBoxError('PROTOCOL_INVALID'), 'identity', { detail: 'PID-3 and 720899 name different devices' })]
      : []),
    ...patientFindings(message, times),
  ];
}

/** Sealed with the other values; never in a log. */
function patientFindings({ pid }: OruMessage, times: MessageTimes): Finding[] {
  if (!pid) return [];
  const say = (what: OneBoxTerm, words: string, field: string, instance = 0): Finding[] => {
    const details: Details = { at: times.ofMessage(1), source: field, origin: 'entered', instance };
    return words === '' ? [] : [text(term(what), words, details)];
  };
  return [
    ...say('patient.name', pid.patientName, 'PID-5'),
    ...say('patient.birth-date', pid.birthDate, 'PID-7'),
    ...say('patient.sex', pid.sex, 'PID-8'),
    ...pid.patientIds.flatMap((id, index) => say('patient.identifier', id, 'PID-3', index)),
  ];
}
