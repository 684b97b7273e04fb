import type { OneBoxTerm } from '@onebox/protocol/nomenclature/onebox-terms.js';

/** Types of a pump alarm record. Others keep their number. */
export interface AlarmType {
  readonly name: string;
  readonly term: OneBoxTerm;
  /** Insulin stopped with it. */
  readonly stops: boolean;
}

export const ALARMS: Readonly<Record<number, AlarmType>> = {
  3: { name: 'batteryOutLimitExceeded', term: 'alert.battery-out', stops: true },
  4: { name: 'noDelivery', term: 'alert.no-delivery', stops: true },
  5: { name: 'batteryDepleted', term: 'alert.battery-empty', stops: true },
  6: { name: 'autoOff', term: 'alert.auto-off', stops: true },
  16: { name: 'deviceReset', term: 'alert.device-reset', stops: true },
  17: { name: 'deviceResetBatteryIssue17', term: 'alert.clock-lost', stops: true },
  21: { name: 'deviceResetBatteryIssue21', term: 'alert.clock-lost', stops: true },
  61: { name: 'reprogramError', term: 'alert.settings-error', stops: true },
  62: { name: 'emptyReservoir', term: 'alert.reservoir-empty', stops: true },
};

const CLOCK_LOST = new Set([17, 21]);

export function losesClock(alarm: number): boolean {
  return CLOCK_LOST.has(alarm);
}
