import { interrogationToJson } from '@onebox/protocol/json.js';
import { type Interrogation, type Phase, v1 } from '@onebox/protocol/messages.js';
import { phaseFromId, PHASES, phaseId } from '@onebox/gateway/interrogation/phases.js';
import type { ReadingChoices } from '@onebox/gateway/reading.js';
import type { Arguments, OptionName } from '../arguments.js';
import { cardLines } from '../card-text.js';
import { findDriver, openEngine } from '../engine.js';
import { EXIT, exitCode, UsageError } from '../exit-codes.js';
import { findDevice } from '../find-device.js';
import type { Output } from '../output.js';
import { reasonOf, unlock } from '../person.js';
import type { Command } from './command.js';

export const READ_OPTIONS: readonly OptionName[] = ['device', 'port', 'driver', 'phases', 'person', 'reason', 'pin', 'pin-file', 'pin-stdin', 'seconds'];

/** Phases by name, or undefined for the usual ones. */
export function phasesOf(args: Arguments): readonly Phase[] | undefined {
  return args.text('phases')?.split(',').map((word) => {
    const phase = phaseFromId(word.trim());
    if (phase === undefined) throw new UsageError(`--phases takes a list of ${PHASES.map(phaseId).join(', ')}.`);
    return phase;
  });
}

/**
 * One accountable read of one device: unlock, find, break glass, read to the end, close. Interrupting it
 * ends the read in order, and what was read is still the result.
 */
export async function readOnce(args: Arguments, output: Output, choices: ReadingChoices = {}): Promise<{ readonly document: Interrogation; readonly lines: readonly string[]; readonly code: number }> {
  const phases = phasesOf(args);
  const reason = reasonOf(args, args.flag('practice') ? 'unresponsive' : undefined);
  const engine = await openEngine(args, { live: false, ...(phases ? { phases } : {}), ...choices });
  const { gateway, radios, drivers } = engine;
  let interrupted = false;
  try {
    const { factor } = await unlock(gateway, args, output);
    const named = args.text('driver');
    const driverId = named === undefined ? undefined : findDriver(drivers, named).manifest.id;
    const device = await findDevice(gateway, radios, args, args.number('seconds', 15, 1, 600));
    output.say(`${device.practice ? 'PRACTICE  ' : ''}Reading ${device.name ?? device.id} ...`);
    const { accessId } = await gateway.call('breakGlass', { deviceId: device.id, reason, factor, ...(driverId ? { driverId } : {}) });
    const reading = gateway.readingOf(accessId);
    const interrupt = (): void => {
      interrupted = true;
      output.say('Stopping ...');
      reading.stop();
    };
    process.once('SIGINT', interrupt);
    process.once('SIGTERM', interrupt);
    const document = await reading.ended;
    process.removeListener('SIGINT', interrupt);
    process.removeListener('SIGTERM', interrupt);
    const lines = cardLines(reading.card());
    const error = reading.error;
    await gateway.call('close', { accessId });
    if (error) output.fail(error);
    const complete = document.completeness === v1.Completeness.COMPLETENESS_COMPLETE;
    const refused = document.completeness === v1.Completeness.COMPLETENESS_REFUSED;
    return { document, lines, code: interrupted ? EXIT.interrupted : complete ? EXIT.ok : refused && error ? exitCode(error) : EXIT.failed };
  } finally {
    await engine.close();
  }
}

export const read: Command = {
  name: 'read',
  usage: 'read (--device ID | --port TTY) [--driver ID] [--phases LIST] [--person NAME --reason REASON --pin-stdin] [--practice] [--json]',
  summary: 'read one device, with a person, a reason and a fresh PIN',
  options: READ_OPTIONS,
  async run(args, output) {
    const { document, lines, code } = await readOnce(args, output);
    output.result(interrogationToJson(document), lines);
    return code;
  },
};
