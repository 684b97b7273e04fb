import type { DeviceClock, Finding, Observation, Time } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/messages.js';
import { CLOCK_AGREES_MS, CLOCK_USELESS_MS } from '../card/clock-note.js';

const { TIME_QUALITY_DEVICE, TIME_QUALITY_CORRECTED, TIME_QUALITY_ORDER_ONLY } = v1.TimeQuality;

/**
 * Moves times of the device's clock to the tablet's, by the offset that was found at the start of the
 * session; where that clock means nothing, only the order is kept. What the device said stays in
 * `device_text`. Times that the driver placed itself are left alone (UX specification, section 3.3).
 */
export function correctFinding(finding: Finding, clock: DeviceClock | undefined): Finding {
  if (!clock || !needed(clock)) return finding;
  const time = (value: Time | null | undefined): Time | undefined => (value ? correctTime(value, clock) : undefined);
  const observation = (value: Observation): Observation => ({
    ...value,
    ...given('time', time(value.time)),
    ...given('dateTime', time(value.dateTime)),
  });
  if (finding.observation) return { ...finding, observation: observation(finding.observation) };
  if (finding.setting) return { ...finding, setting: observation(finding.setting) };
  if (finding.statistic) return { ...finding, statistic: observation(finding.statistic) };
  if (finding.alert) return { ...finding, alert: { ...finding.alert, ...given('since', time(finding.alert.since)) } };
  if (finding.identity)
    return { ...finding, identity: { ...finding.identity, ...given('implanted', time(finding.identity.implanted)) } };
  if (finding.episode) {
    const { episode } = finding;
    return {
      ...finding,
      episode: {
        ...episode,
        ...given('time', time(episode.time)),
        therapy: (episode.therapy ?? []).map((therapy) => ({ ...therapy, ...given('time', time(therapy.time)) })),
      },
    };
  }
  return finding;
}

function needed({ notSet, offsetMs }: DeviceClock): boolean {
  return Boolean(notSet) || Math.abs(offsetMs ?? 0) > CLOCK_AGREES_MS;
}

function correctTime(time: Time, { notSet, offsetMs }: DeviceClock): Time {
  if (time.quality !== TIME_QUALITY_DEVICE) return time;
  const offset = offsetMs ?? 0;
  if (notSet || Math.abs(offset) > CLOCK_USELESS_MS) {
    // Seconds by the device's clock: later is larger, and that is all it says.
    return {
      unixMs: 0,
      quality: TIME_QUALITY_ORDER_ONLY,
      deviceText: time.deviceText ?? '',
      order: time.order || clampOrder(Math.round((time.unixMs ?? 0) / 1000)),
    };
  }
  return {
    ...time,
    quality: TIME_QUALITY_CORRECTED,
    unixMs: (time.unixMs ?? 0) - offset,
    ...(time.endUnixMs ? { endUnixMs: time.endUnixMs - offset } : {}),
  };
}

/** `order` is an sint32; a date-time outside it keeps its side. */
function clampOrder(seconds: number): number {
  return Math.max(-0x7fffffff, Math.min(0x7fffffff, seconds)) || 1;
}

function given<K extends string>(key: K, value: Time | undefined): { [P in K]?: Time } {
  return value ? ({ [key]: value } as { [P in K]?: Time }) : {};
}
