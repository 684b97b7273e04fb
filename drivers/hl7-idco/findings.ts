import { alert, fault, progress, text } from '@onebox/driver-sdk/findings.js';
import type { PhaseName } from '@onebox/driver-sdk/phases.js';
import { MDC, MDC_SYSTEM, term } from '@onebox/protocol/codes.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Finding } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/wire.js';
import { codedValue } from './codes.js';
import { componentFindings, placeOf } from './components.js';
import { documentFindings } from './documents.js';
import { episodeFindings } from './episodes.js';
import { identityFindings } from './identity.js';
import type { Obx, OruMessage } from './oru.js';
import { isChannelStatus, isEpisode, phaseOf, type TermPhase } from './terms.js';
import { MessageTimes } from './times.js';
import { valueFindings } from './values.js';

/** A whole message to findings, phase by phase, critical facts first. */

/** Flaws after which nobody knows what else the message would have said. */
export const TRUNCATED: ReadonlySet<string> = new Set(['FRAME_BROKEN', 'MESSAGE_TOO_LARGE']);

const PHASES: readonly TermPhase[] = ['identity', 'critical', 'present', 'settings', 'episodes'];

/**
 * @param now tablet clock, milliseconds since 1970
 * @param wants whether a phase is asked for
 * @param flaws what is wrong with the message as a whole: of one that was cut off only the identity is called done
 */
export function* messageFindings(
  message: OruMessage,
  now: number,
  wants: (phase: PhaseName) => boolean,
  flaws: readonly OneBoxError[],
): Generator<Finding, void, void> {
  const times = new MessageTimes(message, now);
  const truncated = flaws.some(({ kind }) => TRUNCATED.has(kind));
  const byPhase = new Map<TermPhase, Obx[]>(PHASES.map((phase) => [phase, []]));
  for (const obx of message.observations) byPhase.get(obx.document ? 'episodes' : phaseOf(obx.number))!.push(obx);
  for (const phase of PHASES) {
    if (!wants(phase)) continue;
    yield progress(phase, 'started');
    const found = yield* phaseFindings(message, phase, byPhase.get(phase)!, times);
    if (phase === 'critical' && !byPhase.get(phase)!.some(({ values }) => values.length > 0)) {
      // "No alert" may only be said of a device that has said something about itself.
      yield fault(new OneBoxError('LINK_EMPTY'), phase, {
        reason: 'unknown',
        detail: 'no OBX of battery, therapy or leads',
      });
      continue;
    }
    if (phase === 'episodes') for (const flaw of flaws) yield fault(flaw, phase, { detail: flaw.detail });
    if (phase === 'identity' || !truncated)
      yield progress(phase, found > 0 ? 'done' : 'not-supported', { read: found });
  }
}

function* phaseFindings(
  message: OruMessage,
  phase: TermPhase,
  observations: readonly Obx[],
  times: MessageTimes,
): Generator<Finding, number, void> {
  let found = 0;
  const count = function* (findings: Iterable<Finding>) {
    for (const finding of findings) {
      found += 1;
      yield finding;
    }
  };
  if (phase === 'identity') {
    yield* count(identityFindings(message, times));
    yield* componentFindings(message);
  }
  if (phase === 'critical') yield* count(alertFindings(observations, times));
  if (phase === 'episodes') yield* count(episodeFindings(observations, times));
  for (const obx of observations) {
    if (obx.document) yield* count(documentFindings(obx, message.delimiters!, times));
    else if (obx.number === undefined || !isEpisode(obx.number)) yield* count(valueFindings(obx, times));
  }
  if (phase === 'present')
    yield* count(
      message.notes.map((note, index) =>
        text(term('device.words'), note, { at: times.ofMessage(1), source: 'NTE', origin: 'stored', instance: index }),
      ),
    );
  return found;
}

/** A channel whose state is "check lead": the device itself asks for attention. */
function alertFindings(observations: readonly Obx[], times: MessageTimes): Finding[] {
  return observations.flatMap((obx): Finding[] => {
    if (obx.number === undefined || !isChannelStatus(obx.number)) return [];
    const value = codedValue(obx.values[0] ?? [], obx.number);
    const checked = value?.coding?.some(
      ({ system, code }) => system === MDC_SYSTEM && code === String(MDC.IDC_ENUM_CHANNEL_STATUS_CheckLead),
    );
    const { component } = placeOf(obx);
    return value && checked
      ? [
          alert({
            code: value,
            origin: v1.Alert.Origin.ORIGIN_DEVICE,
            severity: v1.Severity.SEVERITY_CHECK,
            state: v1.Alert.State.STATE_ACTIVE,
            since: times.of(obx),
            ...(component ? { componentId: component } : {}),
            source: { origin: v1.Source.Origin.ORIGIN_STORED, field: `OBX ${obx.place}` },
          }),
        ]
      : [];
  });
}
