import type { CommandName, GatewayApi } from '@onebox/gateway/api.js';
import { INPUTS } from '@onebox/gateway/inputs.js';
import { route } from '@onebox/gateway/router.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { everyCommand } from '../every-command.js';

const PIN = '86420975310';
const factor = { kind: 'pin', pin: PIN };
const accessId = 'a1';
const deviceId = 'ble:00:11:22:33:44:55';

/** One good input for every command, with all that may be left out. */
const GOOD: Readonly<Record<CommandName, Readonly<Record<string, unknown>> | undefined>> = {
  ...everyCommand(deviceId, accessId, PIN),
  unlock: { personId: 'p1', factor, second: { kind: 'one-time-code', code: '123456' } },
  restore: { file: 'AAAA', passphrase: 'nine slow barges', key: 'onebox/log/1+2+3', factor },
  breakGlass: { deviceId, driverId: 'generic', reason: 'unresponsive', factor, override: true },
};
const COMMANDS = Object.keys(GOOD) as CommandName[];
/** An empty file has a code of its own. */
const MAY_BE_EMPTY = new Set(['openFile.content']);
const OPTIONAL = new Set(['breakGlass.driverId', 'breakGlass.override', 'unlock.second', 'restore.key']);

/** A gateway that only notes what reaches it. */
function noting(answer: () => unknown = () => 'done'): { api: GatewayApi; calls: [string, unknown][] } {
  const calls: [string, unknown][] = [];
  const call = async (name: string, input: unknown): Promise<unknown> => {
    calls.push([name, input]);
    return answer();
  };
  return { api: { call, subscribe: () => () => undefined } as unknown as GatewayApi, calls };
}

async function refused(name: unknown, input: unknown): Promise<void> {
  const { api, calls } = noting();
  const answer = await route(api, name, input);
  expect(answer, JSON.stringify([name, input])).toMatchObject({
    ok: false,
    error: { kind: 'INPUT_INVALID', code: 'OB-430' },
  });
  expect(JSON.stringify(answer)).not.toContain(PIN);
  expect(calls).toEqual([]);
}

describe('router', () => {
  it('knows every command, and these are all', () => {
    expect(Object.keys(INPUTS).toSorted()).toEqual(COMMANDS.toSorted());
  });

  it.each(COMMANDS)('takes a good %s and hands it on as it is', async (name) => {
    const { api, calls } = noting();
    expect(await route(api, name, GOOD[name])).toEqual({ ok: true, value: 'done' });
    expect(calls).toEqual([[name, GOOD[name]]]);
  });

  it.each(COMMANDS)('refuses a %s with anything missing, wrong, or too much', async (name) => {
    const good = GOOD[name];
    for (const input of [PIN, 7, true, [PIN], { [PIN]: PIN }, { ...good, more: PIN }]) await refused(name, input);
    if (!good) return;
    await refused(name, undefined);
    await refused(name, null);
    await refused(name, {});
    for (const key of Object.keys(good)) {
      const { [key]: _left, ...without } = good;
      if (!OPTIONAL.has(`${name}.${key}`)) await refused(name, without);
      // One number is as good as another.
      const number = typeof good[key] === 'number' ? '7' : 7;
      for (const wrong of [null, undefined, '', number, [PIN], { $ne: PIN }, `${PIN}\n`.repeat(30)]) {
        if (wrong !== '' || !MAY_BE_EMPTY.has(`${name}.${key}`)) await refused(name, { ...good, [key]: wrong });
      }
    }
  });

  it('refuses a factor that is none, and never says what was entered', async () => {
    const wrong = [
      { kind: 'pin' },
      { kind: 'card', pin: PIN },
      // Which badge it is comes from the reader, never from a page.
      { kind: 'badge', uid: PIN },
      { kind: 'pin', pin: Number(PIN) },
      { kind: 'pin', pin: `${PIN}1234` },
      { kind: 'pin', pin: `${PIN}x` },
      { kind: 'pin', pin: ` ${PIN}` },
      { kind: 'pin', pin: `${PIN}\n` },
      { kind: 'pin', pin: '123' },
      { kind: 'pin', pin: PIN, more: PIN },
      { kind: 'pin', pin: [PIN] },
    ];
    for (const one of wrong) {
      await refused('unlock', { ...GOOD.unlock, factor: one });
      await refused('breakGlass', { ...GOOD.breakGlass, factor: one });
    }
    await refused('enrol', { ...GOOD.enrol, pin: `${PIN}x` });
    await refused('enrol', { ...GOOD.enrol, role: PIN });
    await refused('breakGlass', { ...GOOD.breakGlass, reason: PIN });
  });

  it.each([
    '',
    'Status',
    'status ',
    'dispose',
    'readingOf',
    'subscribe',
    'constructor',
    '__proto__',
    'toString',
    'hasOwnProperty',
    'valueOf',
    0,
    null,
    undefined,
    {},
    ['status'],
  ])('knows no command %j', async (name) => {
    await refused(name, undefined);
    await refused(name, { accessId: PIN });
  });

  it('refuses whatever is not the input of a command, and never throws', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...COMMANDS),
        fc.anything({ withNullPrototype: true, withDate: true, withMap: true }),
        async (name, input) => {
          const { api, calls } = noting();
          const answer = await route(api, name, input);
          const expected = INPUTS[name].safeParse(input).success;
          expect(answer.ok).toBe(expected);
          expect(calls.length).toBe(Number(expected));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('does not let an input change the prototype of anything', async () => {
    const input: unknown = JSON.parse('{"accessId":"a1","__proto__":{"polluted":true}}');
    await route(noting().api, 'card', input);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('brings what the gateway throws as a coded report, and nothing of what is not ours', async () => {
    const ours = noting(() => {
      throw new OneBoxError('FACTOR_WRONG', '', { triesLeft: 4 });
    });
    expect(await route(ours.api, 'unlock', GOOD.unlock)).toMatchObject({
      ok: false,
      error: { kind: 'FACTOR_WRONG', params: { triesLeft: 4 } },
    });
    const others = noting(() => {
      throw new TypeError(`cannot use ${PIN}`);
    });
    const answer = await route(others.api, 'unlock', GOOD.unlock);
    expect(answer).toMatchObject({ ok: false, error: { kind: 'INTERNAL', detail: 'TypeError' } });
    expect(JSON.stringify(answer)).not.toContain(PIN);
  });
});
