import { mdc, term } from '@onebox/protocol/codes.js';
import { MAX_EXPONENT } from '@onebox/protocol/decimal.js';
import type { Code, Finding } from '@onebox/protocol/messages.js';
import type { OneBoxTerm } from '@onebox/protocol/nomenclature/onebox-terms.js';
import { code, coded, compound, type Details, time } from '../findings.js';
import type { DeviceTimeline } from './gatt-clock.js';
import { measured, numericOrAbsent } from './gatt-findings.js';
import { isNumber, type MedFloat } from './gatt-values.js';
import { annunciationCode, deliveryFinding, operationFinding, temporaryBasal } from './insulin-findings.js';
import type { HistoryEvent, ReferenceTimes } from './insulin-history.js';

/** One event of the history of a pump: always exactly one finding. */

const NOT_NEGATIVE = { above: -1e-9 };
const BOLUS_KINDS: Readonly<Record<string, OneBoxTerm>> = {
  fast: 'insulin.bolus-type.fast',
  extended: 'insulin.bolus-type.extended',
  multiwave: 'insulin.bolus-type.multiwave',
};
const ENDS: Readonly<Record<string, OneBoxTerm>> = {
  undetermined: 'insulin.end-reason.undetermined',
  completed: 'insulin.end-reason.completed',
  'programmed-amount-reached': 'insulin.end-reason.completed',
  canceled: 'insulin.end-reason.cancelled',
  'aborted-by-user': 'insulin.end-reason.by-user',
  'error-abort': 'insulin.end-reason.error',
};

/** @param now the tablet's clock, milliseconds since 1970 */
export function historyFinding(
  event: HistoryEvent,
  references: ReferenceTimes,
  timeline: DeviceTimeline,
  now: number,
): Finding {
  const { local, uncertain } = references.timeOf(event);
  const order = event.sequence + 1;
  const placed = timeline.place(uncertain ? undefined : local, now, order);
  // After a loss of the clock the pump counts on from a time that is not right: it orders, and says no more.
  const at = uncertain && local ? { ...time(0, 'order-only'), order, deviceText: local.text } : placed;
  const validity = event.check?.otherVariant ? 'questionable' : 'unqualified';
  return finding(event, { at, source: '2B28', origin: 'stored', instance: event.sequence, validity });
}

function finding(event: HistoryEvent, details: Details): Finding {
  const values = event.values as Readonly<Record<string, never>>;
  const amount = (what: Code, value: MedFloat | undefined, unit = '[iU]', more: Partial<Details> = {}) =>
    measured(what, value, unit, { ...details, ...more }, NOT_NEGATIVE);
  const kinds = [BOLUS_KINDS[values.bolusType ?? ''], ENDS[values.endReason ?? '']];
  const qualifiers = kinds.flatMap((name) => (name ? [term(name)] : []));
  switch (event.event) {
    case 0x005a:
      return amount(term('insulin.bolus-programmed'), sum(values.fast, values.extended), '[iU]', {
        qualifiers,
        as: 'setting',
      });
    case 0x0069:
      return amount(mdc('MDC_INS_BOLUS'), sum(values.fast, values.extended), '[iU]', { qualifiers });
    case 0x0099:
      return amount(mdc('MDC_INS_BASAL'), values.newRate, '[iU]/h');
    case 0x00a5:
      return temporaryBasal(values.tbrType, values.tbrValue, details);
    case 0x00ff:
      return compound(
        term('insulin.total-daily'),
        [
          [term('insulin.total-daily-bolus'), numericOrAbsent(values.bolus, '[iU]', NOT_NEGATIVE)],
          [term('insulin.total-daily-basal'), numericOrAbsent(values.basal, '[iU]', NOT_NEGATIVE)],
        ],
        { ...details, as: 'statistic' },
      );
    case 0x0303:
      return deliveryFinding(values.newTherapyState, details);
    case 0x030c:
      return operationFinding(values.newOperationalState, details);
    case 0x0330:
      return amount(mdc('MDC_INS_RESERVOIR'), values.reservoir);
    case 0x039a:
      return amount(term('insulin.primed'), values.delivered, '[iU]', { qualifiers });
    case 0x03fc:
      return amount(term('insulin.bolus-limit'), values.newMaxBolus, '[iU]', { as: 'setting' });
    case 0x03a6:
      return coded(term('insulin.history-event'), term('insulin.history-event.data-corruption'), details);
    case 0x033f:
      return named(event, { ...details, qualifiers: [annunciationCode(Number(event.values.rawType))[0]] });
    default:
      return named(event, { ...details, qualifiers });
  }
}

/** An event by its number, with its name where the specification gives one. */
function named({ event, name }: HistoryEvent, details: Details): Finding {
  const number = `0x${event.toString(16).toUpperCase().padStart(4, '0')}`;
  return coded(
    term('insulin.history-event'),
    code('urn:bluetooth:ids:event', number, name ? { display: name } : {}),
    details,
  );
}

/** The exact sum of two amounts; a special value stays what it is, and a sum that has too many digits is none. */
export function sum(a: MedFloat | undefined, b: MedFloat | undefined): MedFloat | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  if (!isNumber(a)) return a;
  if (!isNumber(b)) return b;
  if (a.coefficient === 0) return b;
  if (b.coefficient === 0) return a;
  const exponent = Math.min(a.exponent, b.exponent);
  if (Math.max(a.exponent, b.exponent) - exponent > MAX_EXPONENT) return 'NaN';
  const scaled = ({ coefficient, exponent: own }: { coefficient: number; exponent: number }) =>
    BigInt(coefficient) * 10n ** BigInt(own - exponent);
  const coefficient = Number(scaled(a) + scaled(b));
  return Number.isSafeInteger(coefficient) ? { coefficient, exponent } : 'NaN';
}
