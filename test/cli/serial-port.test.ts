import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { glucoseMeterSimulator } from '@onebox/drivers/astm-lis-serial/simulator.js';
import { Cms50Simulator } from '@onebox/drivers/contec-cms50-v7-serial/simulator.js';
import type { ErrorReport } from '@onebox/protocol/errors.js';
import { interrogationFromJson } from '@onebox/protocol/json.js';
import { v1 } from '@onebox/protocol/messages.js';
import { validateInterrogation } from '@onebox/protocol/validate.js';
import { type RunningSerialSimulator, startSerialSimulator } from '@onebox/simulation/serial/pty.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditOnDisk } from '../interrogation/tablet.js';
import { enrol, onebox, PIN, scratch, second, start } from './run.js';
import { Watched } from './watched.js';

const folder = scratch();
const data = join(folder, 'store');

/** What ASTM E1394 calls the serial number of the practice meter. */
const SERIAL = 'PRACTICE-0001';

describe('onebox read --port, a real port', () => {
  const simulator = new Watched(new Cms50Simulator({ seed: 5 }));
  let oximeter: RunningSerialSimulator;
  let access: readonly string[];
  beforeAll(async () => {
    oximeter = await startSerialSimulator(simulator);
    access = [
      '--port',
      oximeter.port.path,
      '--person',
      'Robin Vale',
      '--reason',
      'patient-agrees',
      '--pin-stdin',
      ...second(data),
      '--data',
      data,
    ];
    expect((await enrol(data)).code).toBe(0);
  });
  afterAll(() => oximeter.close());

  const input = { input: `${PIN}\n` };

  it('reads the oximeter at the other end, for a person with a reason; nothing of it is practice', async () => {
    const { code, stdout, stderr } = await onebox(['read', ...access, '--driver', 'contec-cms50', '--json'], input);
    expect(code, stderr).toBe(0);
    const document = interrogationFromJson(JSON.parse(stdout));
    expect(validateInterrogation(document)).toEqual([]);
    expect(document).toMatchObject({
      completeness: v1.Completeness.COMPLETENESS_COMPLETE,
      transport: v1.Transport.TRANSPORT_SERIAL,
      purpose: v1.PurposeOfUse.PURPOSE_OF_USE_ERTREAT,
      driver: { id: 'contec-cms50-v7-serial' },
    });
    expect(document.practice ?? false).toBe(false);
    expect(
      document.finding?.some(({ observation }) => observation?.code?.coding?.[0]?.refId === 'MDC_PULS_OXIM_SAT_O2'),
    ).toBe(true);
    expect(stderr).not.toContain('PRACTICE');
    const verified = await onebox(['audit', 'verify', '--data', data, '--json']);
    expect([verified.code, verified.json()]).toMatchObject([0, { intact: true, problems: [] }]);
  }, 60_000);

  it('any driver of any port fits equally: the user names one', async () => {
    const result = await onebox(['read', ...access, '--json'], input);
    expect([result.code, result.json<{ error: ErrorReport }>().error.kind]).toEqual([2, 'DRIVER_AMBIGUOUS']);
  });

  it('a port that is not there: 5', async () => {
    const result = await onebox(
      ['read', ...access.with(1, '/dev/ttyNOTHERE'), '--driver', 'contec-cms50', '--seconds', '2', '--json'],
      input,
    );
    expect(result.code).toBe(5);
    expect(result.stderr).toContain('OB-120');
    expect(result.json()).toMatchObject({
      completeness: 'COMPLETENESS_REFUSED',
      missing: [{ error: 120 }, { error: 120 }, { error: 120 }],
    });
  });

  it('interrupted in the middle: ends in order, what was read is printed, 130', async () => {
    const { child, result, said } = start(['read', ...access, '--driver', 'contec-cms50', '--json'], input);
    await said('Reading ');
    // Some seconds of live values.
    await simulator.whenSent(1500);
    child.kill('SIGINT');
    const { code, stdout, stderr } = await result;
    expect(code, stderr).toBe(130);
    const document = interrogationFromJson(JSON.parse(stdout));
    expect(document.completeness).toBe(v1.Completeness.COMPLETENESS_PARTIAL);
    expect(document.finding?.length).toBeGreaterThan(1);
    expect(document.missing?.length).toBeGreaterThan(0);
    expect(stderr).toContain('Stopping');
    // The store was closed in order: the next command opens it, and its log is whole.
    const verified = await onebox(['audit', 'verify', '--data', data, '--json']);
    expect([verified.code, verified.json()]).toMatchObject([0, { intact: true }]);
  }, 30_000);

  it('interrupted while it looks for the device: 130 and one document', async () => {
    const { child, result, said } = start(
      ['read', ...access.with(0, '--device').with(1, 'nobody'), '--seconds', '60', '--json'],
      input,
    );
    await said('Looking for nobody');
    child.kill('SIGTERM');
    await said('Stopping');
    const stopped = await result;
    expect(stopped.code).toBe(130);
    expect(stopped.json<{ error: ErrorReport }>().error.kind).toBe('READ_STOPPED');
  }, 30_000);

  it('one data folder, one process: the second one is told so; the log can be checked all the same', async () => {
    const first = start(['read', ...access, '--driver', 'contec-cms50', '--json'], input);
    await first.said('Reading ');
    const [second, verified] = await Promise.all([
      onebox(['read', ...access, '--driver', 'contec-cms50', '--json'], input),
      onebox(['audit', 'verify', '--data', data, '--json']),
    ]);
    expect([second.code, second.json<{ error: ErrorReport }>().error.kind]).toEqual([1, 'STORE_BUSY']);
    expect([verified.code, verified.json()]).toMatchObject([0, { intact: true }]);
    first.child.kill('SIGINT');
    expect((await first.result).code).toBe(130);
  }, 30_000);

  it('recorded: what identifies somebody is masked in the file, unless asked for, and both replay', async () => {
    const meter = await startSerialSimulator(glucoseMeterSimulator({ seed: 22 }));
    const files = [join(folder, 'masked.obrec'), join(folder, 'unmasked.obrec')] as const;
    const at = ['--driver', 'astm', '--json', '--quiet', '--out'];
    const masked = await onebox(['record', ...access.with(1, meter.port.path), ...at, files[0]], input);
    const unmasked = await onebox(['record', ...access.with(1, meter.port.path), ...at, files[1], '--unmasked'], input);
    await meter.close();
    expect([masked.code, unmasked.code], masked.stderr).toEqual([0, 0]);
    const traffic = files.map((path) =>
      Buffer.from(
        [...readFileSync(path, 'utf8').matchAll(/"dir":"in".*"hex":"([0-9a-f]*)"/g)].map(([, hex]) => hex).join(''),
        'hex',
      ).toString('latin1'),
    );
    expect(traffic[0]).not.toContain(SERIAL);
    expect(traffic[0]).toMatch(/\^X+\^/);
    expect(traffic[1]).toContain(SERIAL);
    const [hidden, whole] = await Promise.all(files.map((path) => onebox(['replay', path, '--json'])));
    expect([hidden?.code, whole?.code]).toEqual([0, 0]);
    expect(hidden?.stdout).not.toContain(SERIAL);
    expect(whole?.stdout).toContain(SERIAL);
    const { stdout } = await onebox(['audit', 'verify', '--data', data]);
    expect(stdout).toMatch(/^intact/);
    expect(auditOnDisk(data).filter((name) => name === 'recordingWritten')).toHaveLength(2);
  }, 60_000);

  it('the cable is pulled: what was read is printed, partial, and why', async () => {
    const device = fork(join(import.meta.dirname, 'simulated-oximeter.mjs'), {
      execArgv: [],
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    const [line] = (await once(device.stdout!, 'data')) as [Buffer];
    const { result, said } = start(
      ['read', ...access.with(1, String(line).trim()), '--driver', 'contec-cms50', '--json'],
      input,
    );
    await said('Reading ');
    const { code, stdout, stderr } = await result;
    device.kill();
    expect(code).toBe(1);
    const document = interrogationFromJson(JSON.parse(stdout));
    expect(document).toMatchObject({
      completeness: v1.Completeness.COMPLETENESS_PARTIAL,
      linksOpened: 1,
      linksLost: 1,
    });
    expect(document.finding?.length).toBeGreaterThan(1);
    expect(document.missing?.every(({ error }) => (error ?? 0) > 100)).toBe(true);
    expect(stderr).toMatch(/OB-12\d/);
  }, 60_000);
});
