import type { Gateway } from '@onebox/gateway/gateway.js';
import type { PowerMonitor } from 'electron';

const WAKING = ['resume', 'unlock-screen'] as const;

/** A tablet that slept past the end of an access covers it at once, not with the next turn of a timer. */
export function lookWhenAwake(monitor: Pick<PowerMonitor, 'on'>, gateway: Pick<Gateway, 'look'>): void {
  const on = monitor.on.bind(monitor) as (event: string, listener: () => void) => unknown;
  for (const event of WAKING) on(event, () => gateway.look());
}
