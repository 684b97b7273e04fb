import { cardLines } from '@onebox/gateway/card/card-text.js';
import { assertNew } from '@onebox/gateway/exports/new-file.js';
import { DEFAULT_PHASES, PHASES, phaseFromId, phaseId } from '@onebox/gateway/interrogation/phases.js';
import type { ReadingChoices } from '@onebox/gateway/reading.js';
import { fromReport } from '@onebox/protocol/errors.js';
import { interrogationToJson } from '@onebox/protocol/json.js';
import { type Interrogation, type Phase, v1 } from '@onebox/protocol/messages.js';
import { SERIAL_END, serialEnd } from '@onebox/protocol/serial-number.js';
import type { Arguments, OptionName } from '../arguments.js';
import { type Engine, findDriver, openEngine } from '../engine.js';
import { EXIT, exitCode, UsageError } from '../exit-codes.js';
import { findDevice, wantedDevice } from '../find-device.js';
import { saveHandOver } from '../handover/save.js';
import { onInterrupt, unlessInterrupted } from '../interrupt.js';
import type { Output } from '../output.js';
import { reasonOf, unlock, unlockForPractice } from '../person.js';
import { PERSON_OPTIONS } from '../second-factor.js';
import type { Command } from './command.js';

export const READ_OPTIONS: readonly OptionName[] = [
  'device',
  'port',
  'driver',
  'phases',
  ...PERSON_OPTIONS,
  'reason',
  'seconds',
  'override',
  'extend',
  'serial-end',
];

/** With `--extend`: a read that still runs so long before the end of its access is not cut in two. */
const EXTEND_BEFORE_MS = 120_000;

/** Phases by name, or undefined for the usual ones. */
export function phasesOf(args: Arguments): readonly Phase[] | undefined {
  return args
    .text('phases')
    ?.split(',')
    .map((word) => {
      const phase = phaseFromId(word.trim());
      if (phase === undefined) throw new UsageError(`--phases takes a list of ${PHASES.map(phaseId).join(', ')}.`);
      return phase;
    });
}

/** The last four characters of the serial number on the patient's device card or the housing. */
function serialEndOf(args: Arguments): string | undefined {
  const said = args.text('serial-end');
  if (said === undefined) return undefined;
  const end = serialEnd(said);
  if (end === undefined) throw new UsageError(`--serial-end takes the last ${SERIAL_END} characters or more.`);
  return end;
}

export interface ReadResult {
  readonly document: Interrogation;
  /** The card. */
  readonly lines: readonly string[];
  readonly code: number;
}

/**
 * One accountable read of one device: unlock, find, break glass, read to the end, close. Interrupting it
 * ends the read in order, and what was read is still the result.
 */
export async function readOnce(args: Arguments, output: Output, choices: ReadingChoices = {}): Promise<ReadResult> {
  const interrupt = onInterrupt(() => output.say('Stopping ...'));
  const phases = phasesOf(args) ?? DEFAULT_PHASES;
  const reason = reasonOf(args, args.flag('practice') ? 'unresponsive' : undefined);
  const seconds = args.number('seconds', 15, 1, 600);
  const engine = await openEngine(args, { live: false, phases, ...choices });
  const unsubscribe = engine.gateway.subscribe((event) => {
    if (event.type === 'fault') output.tell(fromReport(event.error));
  });
  try {
    return await readWith(engine, args, output, { reason, seconds, interrupt });
  } finally {
    unsubscribe();
    await engine.close();
  }
}

async function readWith(
  { gateway, radios, drivers, passing }: Engine,
  args: Arguments,
  output: Output,
  {
    reason,
    seconds,
    interrupt,
  }: { readonly reason: ReturnType<typeof reasonOf>; readonly seconds: number; readonly interrupt: AbortSignal },
): Promise<ReadResult> {
  const named = args.text('driver');
  const wanted = wantedDevice(radios, args);
  const printed = serialEndOf(args);
  const driverId = named === undefined ? wanted.driver : findDriver(drivers, named).manifest.id;
  const factor = await unlessInterrupted(
    passing ? unlockForPractice(gateway) : unlock(gateway, args, output),
    interrupt,
  );
  output.say(`Looking for ${wanted.text} ...`);
  const device = await findDevice(gateway, wanted, seconds, interrupt);
  output.say(`${device.practice ? 'PRACTICE  ' : ''}Reading ${device.name ?? device.id} ...`);
  const { accessId, endsAt } = await gateway.call('breakGlass', {
    deviceId: device.id,
    reason,
    factor,
    ...(driverId ? { driverId } : {}),
    ...(args.flag('override') ? { override: true } : {}),
  });
  const reading = gateway.readingOf(accessId);
  interrupt.addEventListener('abort', () => reading.stop());
  if (interrupt.aborted) reading.stop();
  if (printed !== undefined) await gateway.call('confirmMatch', { accessId, serialEnd: printed });
  const extension = args.flag('extend')
    ? setTimeout(
        () => {
          gateway.call('extendAccess', { accessId, factor }).catch((error: unknown) => output.tell(error));
        },
        endsAt - EXTEND_BEFORE_MS - Date.now(),
      )
    : undefined;
  const document = await reading.ended;
  clearTimeout(extension);
  // A driver that nobody has signed may have said what is below.
  const handOver = args.text('hand-over');
  // What was read is the result, whatever becomes of handing it over.
  const refusal =
    handOver === undefined
      ? undefined
      : await saveHandOver(gateway, accessId, handOver, output).then(
          () => undefined,
          (error: unknown) => error,
        );
  const lines = [...(args.flag('developer') ? ['DEVELOPER'] : []), ...cardLines(reading.card())];
  const { error } = reading;
  await gateway.call('close', { accessId });
  if (error) output.tell(error);
  if (refusal !== undefined) output.tell(refusal);
  return {
    document,
    lines,
    code: refusal === undefined ? codeOf(document, error, interrupt.aborted) : exitCode(refusal),
  };
}

function codeOf({ completeness }: Interrogation, error: unknown, interrupted: boolean): number {
  if (completeness === v1.Completeness.COMPLETENESS_COMPLETE) return EXIT.ok;
  if (interrupted) return EXIT.interrupted;
  return completeness === v1.Completeness.COMPLETENESS_REFUSED && error ? exitCode(error) : EXIT.failed;
}

export const read: Command = {
  name: 'read',
  usage:
    'read (--device ID | --port TTY) [--driver ID] [--phases LIST] [--seconds N] [--person NAME --reason REASON --pin-stdin --code CODE] [--override] [--extend] [--serial-end END] [--hand-over FILE] [--practice] [--json]',
  summary: 'read one device, with a person, a reason and a fresh PIN',
  options: [...READ_OPTIONS, 'hand-over'],
  async run(args, output) {
    const handOver = args.text('hand-over');
    if (handOver !== undefined) await assertNew(handOver);
    const { document, lines, code } = await readOnce(args, output);
    output.result(interrogationToJson(document), lines);
    return code;
  },
};
