import { mdc, term } from '@onebox/protocol/codes.js';
import type { Finding } from '@onebox/protocol/messages.js';
import { DAY, type DeviceWords } from './patient.js';

/** What all practice devices of the heart have in common. */

export interface BatteryFacts {
  readonly status: 'BOS' | 'RRT';
  readonly volts: string;
  readonly months?: number;
}

export function battery(words: DeviceWords, { status, volts, months }: BatteryFacts): Finding[] {
  const at = { component: 'battery' };
  const left =
    months === undefined
      ? []
      : [
          words.measured(mdc('MDC_IDC_MSMT_BATTERY_REMAINING_LONGEVITY'), months, 'mo', 'battery.left', {
            ...at,
            validity: 'estimated',
          }),
        ];
  return [
    words.state(mdc('MDC_IDC_MSMT_BATTERY_STATUS'), mdc(`MDC_IDC_ENUM_BATTERY_STATUS_${status}`), 'battery.status', at),
    words.measured(mdc('MDC_IDC_MSMT_BATTERY_VOLTAGE'), volts, 'V', 'battery.volts', at),
    ...left,
  ];
}

/** Sensed or paced beats of this moment; old after 5 s. */
export function rhythmNow(words: DeviceWords, beat: 'VS' | 'VP', rate: number): Finding[] {
  const fresh = { freshFor: 5000 };
  return [
    words.state(term('rhythm.now'), term(`marker.${beat}`), 'rhythm.marker', fresh),
    words.measured(term('rhythm.rate-now'), rate, '{beats}/min', 'rhythm.rate', fresh),
  ];
}

export interface ChannelFacts {
  readonly amplitude: string;
  readonly width: string;
  readonly sensitivity: string;
}

export function channelSettings(
  words: DeviceWords,
  chamber: 'RA' | 'RV',
  component: string,
  { amplitude, width, sensitivity }: ChannelFacts,
): Finding[] {
  const at = { component };
  const field = chamber.toLowerCase();
  return [
    words.programmed(mdc(`MDC_IDC_SET_LEADCHNL_${chamber}_PACING_AMPLITUDE`), amplitude, 'V', `${field}.amplitude`, at),
    words.programmed(mdc(`MDC_IDC_SET_LEADCHNL_${chamber}_PACING_PULSEWIDTH`), width, 'ms', `${field}.width`, at),
    words.choice(
      mdc(`MDC_IDC_SET_LEADCHNL_${chamber}_PACING_POLARITY`),
      mdc('MDC_IDC_ENUM_POLARITY_BI'),
      `${field}.pacing.polarity`,
      at,
    ),
    words.programmed(
      mdc(`MDC_IDC_SET_LEADCHNL_${chamber}_SENSING_SENSITIVITY`),
      sensitivity,
      'mV',
      `${field}.sensitivity`,
      at,
    ),
    words.choice(
      mdc(`MDC_IDC_SET_LEADCHNL_${chamber}_SENSING_POLARITY`),
      mdc('MDC_IDC_ENUM_POLARITY_BI'),
      `${field}.sensing.polarity`,
      at,
    ),
  ];
}

/** One measurement of the impedance a day, oldest first; the last one `daysAgo` days before now. */
export function impedances(
  words: DeviceWords,
  chamber: 'RA' | 'RV',
  component: string,
  ohms: readonly number[],
  daysAgo = 1,
): Finding {
  const code = mdc(`MDC_IDC_MSMT_LEADCHNL_${chamber}_IMPEDANCE_VALUE`);
  const trend = {
    values: ohms,
    unit: 'Ohm',
    periodMs: DAY,
    lastAgo: daysAgo * DAY,
    component,
    origin: 'self-test',
  } as const;
  return words.trend(code, trend, `trend.${chamber.toLowerCase()}.impedance`);
}
