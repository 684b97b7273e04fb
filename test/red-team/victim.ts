import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProgrammerSimulator } from '@onebox/drivers/hl7-idco/simulator.js';
import type { Role } from '@onebox/gateway/api.js';
import { DriverIndex } from '@onebox/gateway/driver-host/driver-index.js';
import { nodeLauncher } from '@onebox/gateway/driver-host/launcher.js';
import { Gateway, type GatewayOptions } from '@onebox/gateway/gateway.js';
import { afterAll } from 'vitest';

export const PIN = '482915';
const WRONG_PIN = '739104';
export const factor = { kind: 'pin', pin: PIN } as const;
export const wrongFactor = { kind: 'pin', pin: WRONG_PIN } as const;

/** Made up, each once in the world: what the attackers are after. */
interface Patient {
  readonly name: string;
  readonly serial: string;
  readonly record: string;
  readonly file: string;
}
export const PATIENT: Patient = {
  name: 'ZebulonQuackenbush',
  serial: 'QX77CANARY4417',
  record: 'MRN4417QUACKEN',
  file: 'Wilhelmina4417',
};
export const OTHER_PATIENT: Patient = {
  name: 'LeocadiaThistlewick',
  serial: 'QX77CANARY9931',
  record: 'MRN9931THISTLE',
  file: 'Bartholomew9931',
};
export const secretsOf = ({ name, serial, record, file }: Patient): readonly string[] => [name, serial, record, file];

/** A folder that is gone after the tests of the file; tablets that are still open are closed before. */
export function scratch() {
  const root = mkdtempSync(join(tmpdir(), 'onebox-red-team-'));
  const open = new Set<Gateway>();
  const stop = async (gateway: Gateway): Promise<void> => {
    if (open.delete(gateway)) await gateway.dispose();
  };
  afterAll(async () => {
    for (const gateway of open) await stop(gateway).catch(() => undefined);
    rmSync(root, { recursive: true, force: true });
  });
  return {
    root,
    /** A whole tablet for real accesses, without radios; on the same folder again it is a restart. */
    start: async (name: string, more: Partial<GatewayOptions> = {}): Promise<Gateway> => {
      const gateway = await Gateway.open({
        dataFolder: join(root, name),
        providers: [],
        drivers: DriverIndex.open(),
        launcher: nodeLauncher(),
        practice: false,
        version: '0.0.0',
        reading: { live: false },
        ...more,
      });
      open.add(gateway);
      return gateway;
    },
    stop,
  };
}

/** The id of a new person, who is unlocked if the first one. */
export async function enrol(gateway: Gateway, displayName: string, role: Role): Promise<string> {
  const { person, recoveryWords } = await gateway.call('enrol', { displayName, role, pin: PIN });
  if (recoveryWords.length > 0) words.set(person.id, recoveryWords);
  return person.id;
}

const words = new Map<string, readonly string[]>();

/** The second factor of the first person of a tablet, with which a shift begins after a restart. */
export const second = (personId: string) => ({ kind: 'recovery-words', words: words.get(personId) ?? [] }) as const;

/** What the programmer of a device exported about a patient, in Base64. */
function exported({ name, serial, record }: Patient): string {
  const text = Buffer.from(new ProgrammerSimulator().message(Date.now()))
    .toString('latin1')
    .replaceAll('||Practice^Patient^', `||Example^${name}^`)
    .replaceAll('PRACTICE-4420', serial)
    .replaceAll('PRACTICE-ID', record);
  return Buffer.from(text, 'latin1').toString('base64');
}

/** The patient's device as an entry of the device list. */
export function lay(gateway: Gateway, patient: Patient = PATIENT) {
  return gateway.call('openFile', { name: `${patient.file}.hl7`, content: exported(patient) });
}

/** Breaks the glass of a patient and reads to the end. The access stays open. */
export async function readPatient(gateway: Gateway, patient: Patient = PATIENT) {
  const { id: deviceId } = await lay(gateway, patient);
  const { accessId } = await gateway.call('breakGlass', { deviceId, reason: 'unresponsive', factor });
  return { deviceId, accessId, document: await gateway.readingOf(accessId).ended };
}
