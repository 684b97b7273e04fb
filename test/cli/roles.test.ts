import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Role } from '@onebox/gateway/api.js';
import type { ErrorReport } from '@onebox/protocol/errors.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { enrol, second, scratch as tablets } from '../red-team/victim.js';
import { onebox, PIN, scratch } from './run.js';

const folder = scratch();
const { root, start, stop } = tablets();
const STAFF: readonly (readonly [letter: string, role: Role, name: string])[] = [
  ['D', 'device-manager', 'Ottoline Keysmith'],
  ['R', 'responder', 'Barnabas Firsthand'],
  ['C', 'clinician', 'Clemence Bedside'],
  ['P', 'privacy-officer', 'Philomena Watchword'],
  ['S', 'service', 'Ferdinand Screwdriver'],
];
const file = (name: string): string => join(folder, name);

/**
 * Every command that asks who is there, and who may. What makes or ends something comes with input that is refused
 * once the role was not. Reading breaks the glass: test/interrogation/roles.test.ts.
 */
const commands = (data: string): readonly (readonly [may: string, args: readonly string[]])[] => [
  ['P', ['audit', 'show']],
  ['P', ['audit', 'export', '--format', 'fhir', '--out', `${data}.export`]],
  ['P', ['audit', 'review', 'list']],
  ['P', ['audit', 'review', 'decide', 'A-2026-9999', 'justified']],
  ['PD', ['records', 'list']],
  ['PD', ['records', 'erase', 'A-2026-9999']],
  ['D', ['backup', '--out', `${data}.backup`]],
  ['D', ['restore', file('device-manager.backup'), '--passphrase-file', file('wrong')]],
  ['D', ['decommission']],
  ['D', ['idle', '9']],
  ['D', ['factor', 'dispatcher-codes']],
];

beforeAll(async () => {
  const gateway = await start('tablet');
  for (const [letter, role, name] of STAFF) {
    const personId = await enrol(gateway, name, role);
    // Whoever is first has the recovery words, with which all begin their shifts here.
    if (letter === 'D') writeFileSync(file('words'), second(personId).words.join(' '));
  }
  await stop(gateway);
  writeFileSync(file('wrong'), 'these are the words of no back-up');
}, 120_000);

describe('each command, asked by each role', { timeout: 300_000 }, () => {
  it.each(STAFF)('%s: %s', async (letter, role, name) => {
    const data = file(role);
    cpSync(join(root, 'tablet'), data, { recursive: true });
    for (const [may, args] of commands(data)) {
      const who = ['--data', data, '--person', name, '--pin-stdin', '--words-file', file('words')];
      const result = await onebox([...args, ...who, '--json'], { input: `${PIN}\n` });
      const kind = result.code === 0 ? '' : result.json<{ error: ErrorReport }>().error.kind;
      const said = `${args.join(' ')}: ${kind || result.code}`;
      if (may.includes(letter)) expect(said).not.toMatch(/FORBIDDEN|INPUT_INVALID$/);
      else expect(said).toMatch(/: FORBIDDEN$/);
    }
  });
});
