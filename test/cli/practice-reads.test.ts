import { interrogationFromJson } from '@onebox/protocol/json.js';
import { type Interrogation, v1 } from '@onebox/protocol/messages.js';
import { validateInterrogation } from '@onebox/protocol/validate.js';
import { BLE_DEVICES, SERIAL_DEVICES } from '@onebox/simulation/practice/devices.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { fewAtATime, onebox, type Result, scratch } from './run.js';

const folder = scratch();
const { COMPLETENESS_COMPLETE } = v1.Completeness;

/** Every practice device that a driver reads. */
const DEVICES = [...BLE_DEVICES, ...SERIAL_DEVICES].filter(({ driver }) => driver !== undefined);

describe('onebox read --practice', () => {
  const results = new Map<string, Result>();
  beforeAll(async () => {
    // The slow ones first.
    const keys = DEVICES.map(({ key }) => key).sort((a, b) => Number(b === 'cms50') - Number(a === 'cms50'));
    await fewAtATime(keys, 4, async (key) => {
      results.set(key, await onebox(['read', '--practice', '--device', key, '--json'], { env: { TMPDIR: folder } }));
    });
  }, 120_000);

  it.each(DEVICES.map(({ key, driver }) => [key, driver] as const))(
    '%s: complete, a valid Interrogation, read by %s',
    (key, driver) => {
      const { code, stdout, stderr } = results.get(key)!;
      expect(code, stderr).toBe(0);
      const document: Interrogation = interrogationFromJson(JSON.parse(stdout));
      expect(validateInterrogation(document)).toEqual([]);
      expect(document).toMatchObject({
        completeness: COMPLETENESS_COMPLETE,
        practice: true,
        purpose: v1.PurposeOfUse.PURPOSE_OF_USE_HTEST,
        linksOpened: 1,
        driver: { id: driver },
      });
      expect(document.finding?.find(({ identity }) => identity)?.identity?.practice).toBe(true);
      expect(stderr).toContain('PRACTICE  Reading');
    },
  );

  it('says whether it is the device of the patient’s card', async () => {
    const read = (end: string) => ['read', '--practice', '--device', 'icd', '--quiet', '--serial-end', end];
    const [same, other] = await Promise.all(['PR 4417', '4471'].map((end) => onebox(read(end))));
    expect([same?.code, other?.code]).toEqual([0, 0]);
    expect(same?.stdout).toContain('PATIENT MATCH: CONFIRMED by the end of its serial number.');
    expect(other?.stdout).toContain('PATIENT MATCH: CONTRADICTED.');
  });

  it('the card as text says PRACTICE, in words and with printed units', async () => {
    const [icd, pump, cuff] = await Promise.all(
      ['icd', 'pump', 'blood-pressure'].map((key) => onebox(['read', '--practice', '--device', key, '--quiet'])),
    );
    for (const { code, stdout, stderr } of [icd!, pump!, cuff!]) {
      expect(code).toBe(0);
      expect(stderr).toBe('');
      expect(stdout.split('\n')[0]).toMatch(/^PRACTICE {2}[A-Z ]+ {2}OneBox Practice/);
      expect(stdout).not.toMatch(/MDC_|\[iU\]|\{beats\}|mm\[Hg\]|Ohm|undefined|\bev\.|tile\./);
    }
    expect(icd!.stdout).toContain('CRITICAL  shocks delivered today: 2');
    expect(icd!.stdout).toMatch(/RV lead .*1990 Ω {2}limit 1500 Ω/);
    expect(icd!.stdout).toMatch(/magnet .*stops shocks {2}not for 420 s after a read/);
    expect(pump!.stdout).toMatch(/basal .*0\.85 units\/h {2}now 0\.00 units\/h/);
    expect(cuff!.stdout).toMatch(/blood pressure .*\d+( mmHg |\/)\d+ mmHg/);
  });

  it('only the wanted phases', async () => {
    const { code, stdout } = await onebox([
      'read',
      '--practice',
      '--device',
      'icd',
      '--phases',
      'identity,critical',
      '--json',
    ]);
    expect(code).toBe(0);
    const phases = new Set(
      (interrogationFromJson(JSON.parse(stdout)).finding ?? []).flatMap(({ progress }) =>
        progress ? [progress.phase] : [],
      ),
    );
    expect([...phases]).toEqual([1, 2]);
  });

  it.each([
    ['an unknown device', ['--device', 'toaster'], 2, 'INPUT_INVALID'],
    ['a device that no driver reads', ['--device', 'unknown'], 5, 'NOTHING_READABLE'],
    ['an unknown driver', ['--device', 'icd', '--driver', 'toaster'], 2, 'DRIVER_UNKNOWN'],
    ['the beginning of several drivers', ['--device', 'icd', '--driver', 'ble'], 2, 'DRIVER_AMBIGUOUS'],
    ['a driver that does not fit', ['--device', 'icd', '--driver', 'ble-vitals-gatt'], 2, 'DRIVER_UNKNOWN'],
    ['phases that the driver does not serve', ['--device', 'thermometer', '--phases', 'memory'], 2, 'INPUT_INVALID'],
  ])('%s: one document and the code for it', async (_name, more, expected, kind) => {
    const { code, stdout, stderr } = await onebox(['read', '--practice', ...more, '--json']);
    expect(code).toBe(expected);
    const document = JSON.parse(stdout) as { error?: { kind: string }; completeness?: string };
    // A read that began ends with its document, whatever came of it; the error is said beside it.
    if (document.error) expect(document.error.kind).toBe(kind);
    else expect(document.completeness).toBe('COMPLETENESS_REFUSED');
    expect(stderr).toMatch(/OB-\d{3}/);
  });

  it('leaves nothing behind', async () => {
    const { readdirSync } = await import('node:fs');
    expect(readdirSync(folder).filter((name) => name.startsWith('onebox-practice-'))).toEqual([]);
  });
});
