import { mdc, term } from '@onebox/protocol/codes.js';
import { type Code, type Finding, v1 } from '@onebox/protocol/messages.js';
import type { OneBoxTerm } from '@onebox/protocol/nomenclature/onebox-terms.js';
import { absent, alert, bits, code, coded, type Details, observation, setting } from '../findings.js';
import { measured } from './gatt-findings.js';
import { bitsSet, hasBit, type MedFloat } from './gatt-values.js';
import {
  ANNUNCIATION_TYPES,
  type IddAnnunciation,
  type IddFeatures,
  type IddStatus,
  type ReaderAnswer,
} from './insulin-delivery.js';

/** What a pump says of itself now: state, reservoir, annunciation, and the answers of its status reader. */

const NOT_NEGATIVE = { above: -1e-9 };
const DELIVERY: Readonly<Record<string, OneBoxTerm>> = {
  run: 'insulin.delivery.delivering',
  pause: 'insulin.delivery.suspended',
  stop: 'insulin.delivery.stopped',
};
const OPERATION: Readonly<Record<string, OneBoxTerm>> = {
  undetermined: 'insulin.operation.undetermined',
  off: 'insulin.operation.off',
  standby: 'insulin.operation.standby',
  preparing: 'insulin.operation.preparing',
  priming: 'insulin.operation.priming',
  waiting: 'insulin.operation.waiting',
  ready: 'insulin.operation.ready',
};

/** A state of the therapy, or that the pump does not say it. */
export function deliveryFinding(state: string | undefined, details: Details): Finding {
  const value = DELIVERY[state ?? ''];
  return value
    ? coded(term('insulin.delivery'), term(value), details)
    : absent(term('insulin.delivery'), state === 'undetermined' ? 'unknown' : 'not-a-number', details);
}

export function operationFinding(state: string | undefined, details: Details): Finding {
  const value = OPERATION[state ?? ''];
  return value
    ? coded(term('insulin.operation'), term(value), details)
    : absent(term('insulin.operation'), 'not-a-number', details);
}

/** 2B21. Therapy that is said to run in a pump that is not ready is shown as questionable. */
export function statusFindings(status: IddStatus, at: number): readonly Finding[] {
  const details: Details = { at, source: '2B21' };
  const attached = hasBit(status.flags ?? 0, 0);
  const doubtful = status.therapyControlState === 'run' && status.operationalState !== 'ready';
  const checked: Details = status.check?.otherVariant ? { ...details, validity: 'questionable' } : details;
  return [
    deliveryFinding(status.therapyControlState, doubtful ? { ...checked, validity: 'questionable' } : checked),
    operationFinding(status.operationalState, checked),
    attached
      ? measured(mdc('MDC_INS_RESERVOIR'), status.reservoir, '[iU]', checked, NOT_NEGATIVE)
      : absent(mdc('MDC_INS_RESERVOIR'), 'off', checked),
    coded(
      term('insulin.reservoir-state'),
      term(attached ? 'insulin.reservoir-state.attached' : 'insulin.reservoir-state.not-attached'),
      checked,
    ),
  ];
}

const { SEVERITY_NOTE, SEVERITY_CHECK, SEVERITY_CRITICAL } = v1.Severity;
const ALERTS: Readonly<Record<string, readonly [OneBoxTerm, v1.Severity]>> = {
  'system-issue': ['alert.system-fault', SEVERITY_CRITICAL],
  'mechanical-issue': ['alert.mechanical-fault', SEVERITY_CRITICAL],
  'occlusion-detected': ['alert.occlusion', SEVERITY_CRITICAL],
  'reservoir-issue': ['alert.reservoir-issue', SEVERITY_CHECK],
  'reservoir-empty': ['alert.reservoir-empty', SEVERITY_CRITICAL],
  'reservoir-low': ['alert.reservoir-low', SEVERITY_CHECK],
  'priming-issue': ['alert.priming-issue', SEVERITY_CHECK],
  'infusion-set-incomplete': ['alert.infusion-set-incomplete', SEVERITY_CHECK],
  'infusion-set-detached': ['alert.infusion-set-detached', SEVERITY_CRITICAL],
  'power-source-insufficient': ['alert.power-insufficient', SEVERITY_CHECK],
  'battery-empty': ['alert.battery-empty', SEVERITY_CRITICAL],
  'battery-low': ['alert.battery-low', SEVERITY_CHECK],
  'battery-medium': ['alert.battery-medium', SEVERITY_NOTE],
  'battery-full': ['alert.battery-full', SEVERITY_NOTE],
  'temperature-out-of-range': ['alert.temperature-out-of-range', SEVERITY_CHECK],
  'air-pressure-out-of-range': ['alert.air-pressure-out-of-range', SEVERITY_CHECK],
  'bolus-canceled': ['alert.bolus-cancelled', SEVERITY_CHECK],
  'tbr-over': ['alert.temporary-basal-over', SEVERITY_NOTE],
  'tbr-canceled': ['alert.temporary-basal-cancelled', SEVERITY_NOTE],
  'max-delivery': ['alert.max-delivery', SEVERITY_CHECK],
  'date-time-issue': ['alert.clock-issue', SEVERITY_CHECK],
  temperature: ['alert.temperature-reported', SEVERITY_NOTE],
};

/** The alert for an annunciation type; one of the maker keeps its number. */
export function annunciationCode(rawType: number): readonly [Code, v1.Severity] {
  const [name, severity] = ALERTS[ANNUNCIATION_TYPES[rawType] ?? ''] ?? [];
  return name ? [term(name), severity!] : [code('urn:bluetooth:ids:annunciation', rawType), SEVERITY_CHECK];
}

/** 2B22: the alert that the pump shows now, if any. */
export function annunciationAlert(value: IddAnnunciation): readonly Finding[] {
  if (!hasBit(value.flags ?? 0, 0) || value.rawType === undefined) return [];
  const [what, severity] = annunciationCode(value.rawType);
  const { STATE_ACTIVE, STATE_ACKNOWLEDGED } = v1.Alert.State;
  return [
    alert({
      code: what,
      origin: v1.Alert.Origin.ORIGIN_DEVICE,
      severity,
      state: value.status === 'confirmed' ? STATE_ACKNOWLEDGED : STATE_ACTIVE,
      source: { origin: v1.Source.Origin.ORIGIN_LIVE, field: `2B22 ${value.instance}` },
    }),
  ];
}

/** 2B23: strength of the insulin that the pump is set to. */
export function featureFindings({ concentration, flags }: IddFeatures, at: number): readonly Finding[] {
  const details: Details = { at, source: '2B23', as: 'setting' };
  const found = measured(mdc('MDC_INS_CONC'), concentration, '[iU]/mL', details, { above: 0 });
  const width = flags > 0xffffff ? 32 : 24;
  const set = bitsSet(flags, width).map((bit) => ({ bit, meaning: code(FEATURES, bit) }));
  return [found, bits(term('insulin.features'), { raw: flags, width, set }, details)];
}

/** Bits of IDD Features, by number. */
const FEATURES = 'urn:bluetooth:idd-features';

const AP_CONTROLLER = 'ap-controller';
const MINUTES_FRESH = 5 * 60_000;

/** What one answer of the status reader says. */
export function answerFindings(answer: ReaderAnswer, at: number): readonly Finding[] {
  const source = `2B24 0x0${answer.op.toString(16)}`;
  const details: Details = { at, source, freshFor: MINUTES_FRESH, ...doubt(answer) };
  const amount = (name: OneBoxTerm, value: MedFloat | undefined, more: Partial<Details> = {}) =>
    measured(term(name), value, '[iU]', { ...details, ...more }, NOT_NEGATIVE);
  switch (answer.op) {
    case 0x03fc: {
      const { onBoard, remaining } = answer.values;
      const findings = [amount('insulin.on-board', onBoard, { validity: 'estimated' })];
      if (remaining !== undefined)
        findings.push(
          observation(term('insulin.on-board-remaining'), remaining, 'min', { ...details, validity: 'estimated' }),
        );
      return findings;
    }
    case 0x036a:
      return basalFindings(answer.values, details);
    case 0x039a: {
      const { bolus, basal, total } = answer.values;
      const day = { as: 'statistic' } as const;
      return [
        amount('insulin.total-daily-bolus', bolus, day),
        amount('insulin.total-daily-basal', basal, day),
        amount('insulin.total-daily', total, day),
      ];
    }
    case 0x03cf: {
      const { bolus, basal } = answer.values;
      const life = { as: 'statistic', freshFor: 0 } as const;
      return [amount('insulin.delivered-bolus', bolus, life), amount('insulin.delivered-basal', basal, life)];
    }
    case 0x033f:
      return [observation(term('insulin.active-boluses'), answer.values.ids.length, '{count}', details)];
    default:
      return [];
  }
}

function doubt({ values: { check } }: ReaderAnswer): Partial<Details> {
  return check?.otherVariant ? { validity: 'questionable' } : {};
}

type Answer<Op extends ReaderAnswer['op']> = Extract<ReaderAnswer, { readonly op: Op }>['values'];

function basalFindings(values: Answer<0x036a>, details: Details): readonly Finding[] {
  const { rate, tbrType, tbrValue, tbrRemaining, context } = values;
  const findings = [
    measured(mdc('MDC_INS_BASAL_RATE_SETTING'), rate, '[iU]/h', { ...details, as: 'setting' }, NOT_NEGATIVE),
  ];
  if (tbrType !== undefined) {
    findings.push(temporaryBasal(tbrType, tbrValue, details));
    findings.push(setting(term('insulin.temporary-basal-remaining'), tbrRemaining!, 'min', details));
  }
  // Who set the rate; a rate set by hand does not say that automatic dosing is off.
  if (context === AP_CONTROLLER)
    findings.push(coded(term('insulin.automation'), term('insulin.automation.on'), details));
  return findings;
}

/** A temporary rate in units an hour, or in percent of the programmed one. */
export function temporaryBasal(type: string | undefined, value: MedFloat | undefined, details: Details): Finding {
  const what = term('insulin.temporary-basal');
  const programmed: Details = { ...details, as: 'setting' };
  const unit = type === 'absolute' ? '[iU]/h' : type === 'relative' ? '%' : undefined;
  return unit ? measured(what, value, unit, programmed, NOT_NEGATIVE) : absent(what, 'not-a-number', programmed);
}

/** The parts of a running bolus that are still to come. */
export function activeBolusFindings(
  { bolusId, bolusType, fast, extended }: Answer<0x0359>,
  at: number,
): readonly Finding[] {
  const part = (value: MedFloat | undefined, kind: OneBoxTerm) =>
    measured(
      term('insulin.bolus-remaining'),
      value,
      '[iU]',
      { at, source: '2B24 0x0359', instance: bolusId ?? 0, qualifiers: [term(kind)], freshFor: MINUTES_FRESH },
      NOT_NEGATIVE,
    );
  const findings: Finding[] = [];
  if (bolusType !== 'extended') findings.push(part(fast, 'insulin.bolus-type.fast'));
  if (bolusType !== 'fast') findings.push(part(extended, 'insulin.bolus-type.extended'));
  return findings;
}
