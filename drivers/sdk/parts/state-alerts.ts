import type { Alert, Code, Finding } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/wire.js';
import { alert, time } from '../findings.js';

/** A state of a device to which it draws attention by a bit that is set while it lasts. */
export interface AlertedState {
  readonly code: Code;
  readonly severity: NonNullable<Alert['severity']>;
}

/** States of a device as its alerts: one when a state begins, and one with the same start when it ends. */
export class StateAlerts<Key> {
  private readonly since = new Map<Key, number>();

  /** `field`: where the device says it, in its own terms. */
  constructor(private readonly field: string) {}

  /** What changes with a state as it is at `at`, ms since 1970 by the tablet's clock. */
  update(key: Key, active: boolean, at: number, { code, severity }: AlertedState): Finding[] {
    const began = this.since.get(key);
    if (active === (began !== undefined)) return [];
    if (active) this.since.set(key, at);
    else this.since.delete(key);
    return [
      alert({
        code,
        origin: v1.Alert.Origin.ORIGIN_DEVICE,
        severity,
        state: active ? v1.Alert.State.STATE_ACTIVE : v1.Alert.State.STATE_ENDED,
        since: time(began ?? at),
        source: { origin: v1.Source.Origin.ORIGIN_LIVE, field: this.field },
      }),
    ];
  }
}
