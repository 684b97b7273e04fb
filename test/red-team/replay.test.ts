import { found } from '@onebox/gateway/files/testing/traces.js';
import type { Gateway } from '@onebox/gateway/gateway.js';
import { route } from '@onebox/gateway/router.js';
import { describe, expect } from 'vitest';
import { everyCommand, OF_A_READING } from '../every-command.js';
import { attack } from './attack.js';
import { enrol, factor, PATIENT, PIN, readPatient, scratch, second, secretsOf } from './victim.js';

const { start, stop } = scratch();

describe('a number of an access that is sent again', () => {
  attack('T8d', async () => {
    let gateway = await start('tablet');
    const personId = await enrol(gateway, 'Robin Vale', 'responder');
    const { accessId, deviceId } = await readPatient(gateway);
    const shown = JSON.stringify(await gateway.call('values', { accessId }));
    expect(found([PATIENT.serial], shown)).toEqual([PATIENT.serial]);

    const inputs = everyCommand(deviceId, accessId, PIN);
    const nothing = async (tablet: Gateway): Promise<void> => {
      for (const command of OF_A_READING) {
        const answer = await route(tablet, command, inputs[command]);
        expect([command, answer.ok], JSON.stringify(answer)).toEqual([command, false]);
        if (!answer.ok) expect(['ACCESS_ENDED', 'ACCESS_UNKNOWN'], command).toContain(answer.error.kind);
      }
      // What is still said of it is no more than that it was.
      for (const command of ['access', 'auditOfAccess', 'status'] as const)
        expect(found(secretsOf(PATIENT), JSON.stringify(await route(tablet, command, inputs[command])))).toEqual([]);
    };

    await gateway.call('close', { accessId });
    await nothing(gateway);
    // The whole request again: the device is gone from the list with its access.
    expect(await route(gateway, 'breakGlass', inputs.breakGlass)).toMatchObject({
      ok: false,
      error: { kind: 'DEVICE_UNKNOWN' },
    });

    const open = await readPatient(gateway);
    Object.assign(inputs, everyCommand(open.deviceId, open.accessId, PIN));
    await stop(gateway);
    gateway = await start('tablet');
    await gateway.call('unlock', { personId, factor, second: second(personId) });
    await nothing(gateway);

    const other = await start('other tablet');
    await enrol(other, 'Robin Vale', 'responder');
    await nothing(other);
  });
});
