import { join } from 'node:path';
import { found } from '@onebox/gateway/files/testing/traces.js';
import { passphraseOf } from '@onebox/gateway/handover/code-words.js';
import { open } from '@onebox/gateway/handover/container.js';
import { route } from '@onebox/gateway/router.js';
import { describe, expect } from 'vitest';
import { everyCommand } from '../every-command.js';
import { everything } from '../interrogation/tablet.js';
import { attack } from './attack.js';
import { enrol, PATIENT, PIN, readPatient, scratch, secretsOf } from './victim.js';

const { root, start } = scratch();
const STAFF = 'Ottoline Keysmith';

/** As somebody may look for it: in every encoding that `found` knows, and in the Base64 of the answer. */
const encodings = (text: string): readonly string[] => [
  text,
  Buffer.from(text).toString('base64').slice(1, -4),
  Buffer.from(text).toString('hex'),
];

describe('a finder of a stick', () => {
  attack('T23', async () => {
    const gateway = await start('tablet');
    await enrol(gateway, STAFF, 'responder');
    const { accessId, deviceId } = await readPatient(gateway);
    const { content, fileName, words } = await gateway.call('handOver', { accessId });
    const file = Buffer.from(content, 'base64');

    // What the patient's file says is in it, and only behind the words.
    const { name, serial, record } = PATIENT;
    const opened = await open(file, passphraseOf(words));
    const inside = Buffer.concat([...opened.files.values()]).toString('utf8');
    expect(found([name, serial, record], inside)).toEqual([name, serial, record]);
    const secrets = [...secretsOf(PATIENT), STAFF].flatMap(encodings);
    expect(found(secrets, file)).toEqual([]);
    expect(found(secrets, `${content} ${fileName}`)).toEqual([]);
    // None so short that it could stand in a cipher text by chance.
    for (const trace of ['MSH|', 'resourceType', 'ustar', 'manifest.json', 'OneBox'])
      expect(file.includes(trace), trace).toBe(false);

    // The tablet keeps neither the file nor its words; the log names nobody.
    const disk = everything(join(root, 'tablet'));
    expect(
      found([...secretsOf(PATIENT).flatMap(encodings), words.join(' '), words.slice(0, 3).join(' ')], disk),
    ).toEqual([]);
    expect(disk.includes(file.subarray(0, 200))).toBe(false);
    // People of the lock screen stand in one file of the tablet, and nowhere in a hand-over.
    expect(found([STAFF, PATIENT.file], inside)).toEqual([]);

    // No carrier gives it in clear, or with other words: the command has one input and nothing more.
    for (const more of [
      { words: ['acid'] },
      { passphrase: '' },
      { plain: true },
      { format: 'fhir' },
      { workFactor: 1 },
    ])
      expect(
        await route(gateway, 'handOver', { ...everyCommand(deviceId, accessId, PIN).handOver, ...more }),
      ).toMatchObject({
        ok: false,
        error: { kind: 'INPUT_INVALID' },
      });
    for (const command of ['export', 'handOverPlain', 'handOvers'])
      expect(await route(gateway, command, { accessId })).toMatchObject({ ok: false });
  });
});
