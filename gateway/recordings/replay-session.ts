import type { OneBoxError } from '@onebox/protocol/errors.js';
import type { Interrogation, Phase } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/messages.js';
import { buildCard } from '../card/card.js';
import { Facts } from '../card/facts.js';
import type { Card } from '../card/model.js';
import { type Clock, systemClock } from '../driver-host/clock.js';
import type { LoadedDriver } from '../driver-host/driver-index.js';
import type { ProcessLauncher } from '../driver-host/launcher.js';
import { PHASES, phaseId } from '../interrogation/phases.js';
import { InterrogationSession } from '../interrogation/session.js';
import { FileLink } from '../links/file/link.js';
import type { Link, TransportKind } from '../links/link.js';
import type { Recording } from './format.js';
import { Replay } from './replay.js';

export interface ReplayOptions {
  readonly launcher: ProcessLauncher;
  readonly applicationVersion: string;
  readonly phases?: readonly Phase[];
}

export interface Replayed {
  readonly document: Interrogation;
  readonly card: Card;
  /** Why it did not come to its end, e.g. RECORDING_DIVERGED. */
  readonly error: OneBoxError | undefined;
}

/** What is played: links in their order, and the clock that they go by. */
interface Source {
  readonly transport: TransportKind;
  readonly open: () => Link;
  readonly clock: Clock;
  readonly practice: boolean;
  readonly phases?: readonly Phase[];
  readonly live?: boolean;
  readonly utcOffsetMinutes?: number;
}

/** Plays a recorded session into a driver, through the same session, sandbox and card as a live one. */
export function replayRecording(recording: Recording, driver: LoadedDriver, options: ReplayOptions): Promise<Replayed> {
  const replay = new Replay(recording);
  return play({ ...recording.header, open: () => replay.open(), clock: replay.clock }, driver, options);
}

/** Gives a file to a driver that reads such files, as `replayRecording` does. */
export function replayFile(content: Uint8Array, driver: LoadedDriver, options: ReplayOptions): Promise<Replayed> {
  const clock = systemClock();
  const open = () => new FileLink(content, () => clock.now());
  return play({ transport: 'file', open, clock, practice: false }, driver, options);
}

async function play(source: Source, driver: LoadedDriver, options: ReplayOptions): Promise<Replayed> {
  const { transport, practice, phases, live, utcOffsetMinutes, clock } = source;
  const session = new InterrogationSession({
    driver,
    transport,
    openLink: async () => source.open(),
    phases: options.phases ?? phases ?? PHASES,
    live: live ?? false,
    purpose: practice ? v1.PurposeOfUse.PURPOSE_OF_USE_HTEST : v1.PurposeOfUse.PURPOSE_OF_USE_UNSPECIFIED,
    practice,
    authorised: true,
    services: [],
    launcher: options.launcher,
    applicationVersion: options.applicationVersion,
    clock,
    ...(utcOffsetMinutes === undefined ? {} : { utcOffsetMinutes }),
    retryAfterMs: [0],
    observer: { finding: () => undefined, event: () => undefined, changed: () => undefined },
  });
  const document = await session.run();
  const facts = new Facts();
  for (const finding of session.store.findings) facts.add(finding);
  const { read, refused, failed } = session.store.tally();
  const error = session.error;
  const card = buildCard(facts, {
    accessId: '',
    practice,
    expectedClass: 'generic',
    finished: session.store.finished,
    patientMatch: { state: 'not-confirmed' },
    read: {
      state: session.state,
      percent: session.percent,
      read,
      expected: read + refused + failed,
      refused,
      failed,
      missing: session.unfinished.map(phaseId),
      link: 'down',
      attempt: session.attempt,
      ...(error ? { error: error.code } : {}),
    },
    now: clock.now(),
  });
  return { document, card, error };
}
