import {
  alert,
  code,
  component,
  type Details,
  episode,
  identity,
  numeric,
  observation,
  text,
} from '@onebox/driver-sdk/findings.js';
import { MDC, mdcCode, term } from '@onebox/protocol/codes.js';
import { decimal } from '@onebox/protocol/decimal.js';
import { type Finding, v1 } from '@onebox/protocol/messages.js';
import fc from 'fast-check';
import { NOW } from './content.js';

/** Findings whose every text is what an attacker would like to stand in a hospital's system. */

const NASTY = [
  'a|b^c&d~e\\f',
  'x\rOBX|99|NM|720898^^MDC||1|V\rZ',
  '\\X0D\\OBX|1|',
  'line\nfeed\ttab\u0000nul\u001besc[31m',
  '\u202egnp.exe\u2066',
  '</text><script>alert(1)</script>',
  '"},{"resourceType":"Patient","name":[{"text":"Nobody"}]}',
  'Ünïcødé 心臓 \ud83d\udc94 \ud83d',
  'می‌خواهم',
  '   ',
  '../../etc/passwd',
  'MSH|^~\\&|',
];

const words = fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary', maxLength: 60 }));

export const hostileFindings: fc.Arbitrary<Finding[]> = fc
  .tuple(...Array.from({ length: 12 }, () => words))
  .map(([a, b, c, d, e, f, g, h, i, j, k, l]) => {
    const details: Details = {
      at: { quality: v1.TimeQuality.TIME_QUALITY_ORDER_ONLY, order: 3, deviceText: i! },
      source: a!,
      origin: 'stored',
      component: 'lead.1',
    };
    return [
      identity({ deviceClass: 'icd', manufacturer: a!, model: b!, serial: c!, firmware: d!, practice: true }),
      component({ id: 'lead.1', kind: v1.Component.Kind.KIND_LEAD, instance: 1, model: e!, serial: f! }),
      text(mdcCode(MDC.IDC_SET_MAGNET_RESP), g!, details),
      text(code(h!, k!, { display: l! }), f!, details),
      text(term('patient.name'), l!, details),
      text(term('patient.identifier'), k!, details),
      text(term('patient.birth-date'), j!, details),
      observation(mdcCode(MDC.IDC_MSMT_BATTERY_VOLTAGE), decimal('2.98'), 'V', details),
      episode({
        id: j!,
        number: 1,
        time: { quality: v1.TimeQuality.TIME_QUALITY_DEVICE, unixMs: NOW - 1000, deviceText: a! },
        type: code(b!, c!, { display: d! }),
        vendorType: k!,
        rate: numeric(250, '{beats}/min'),
      }),
      alert({
        code: code(c!, e!, { display: h! }),
        origin: v1.Alert.Origin.ORIGIN_DEVICE,
        severity: v1.Severity.SEVERITY_CHECK,
        state: v1.Alert.State.STATE_ACTIVE,
        vendorText: d!,
      }),
    ];
  });
