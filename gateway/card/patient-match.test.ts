import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { patientMatch } from './patient-match.js';

const air = { transport: 'ble', over: true } as const;

describe('whether the device is the patient’s', () => {
  it('a cable goes to one device; a radio and a file are anybody’s', () => {
    expect(patientMatch({ transport: 'serial', over: false })).toEqual({ state: 'confirmed', by: 'cable' });
    expect(patientMatch(air)).toEqual({ state: 'not-confirmed' });
    expect(patientMatch({ transport: 'file', serial: 'PR-004417', over: true })).toEqual({ state: 'not-confirmed' });
  });

  it.each([
    ['PR-004417', '4417', 'confirmed'],
    ['pr 00 44a7', '44A7', 'confirmed'],
    ['PR-004417', '4471', 'contradicted'],
    ['447', '4447', 'no-serial'],
    ['', '4417', 'no-serial'],
    [undefined, '4417', 'no-serial'],
  ] as const)('%s read, %s said: %s', (serial, said, state) => {
    expect(patientMatch({ ...air, serial, said }).state).toBe(state);
  });

  it('a cable does not confirm another number than the one that was said', () => {
    const cable = { transport: 'serial', over: true } as const;
    expect(patientMatch({ ...cable, serial: 'PR-004417', said: '4471' }).state).toBe('contradicted');
    expect(patientMatch({ ...cable, serial: 'PR-004417', said: '4417' }).by).toBe('serial-number');
    expect(patientMatch({ ...cable, said: '4417' }).state).toBe('no-serial');
  });

  it('while it is being read, a number that is not there yet is waited for', () => {
    expect(patientMatch({ transport: 'ble', said: '4417', over: false }).state).toBe('waiting');
  });

  it('nothing but the same end confirms', () => {
    const number = fc.stringMatching(/^[0-9A-Za-z -]{0,14}$/);
    const end = fc.stringMatching(/^[0-9A-Z]{4}$/);
    fc.assert(
      fc.property(number, end, fc.boolean(), (serial, said, over) => {
        const same = serial.replaceAll(/[ -]/g, '').toUpperCase().endsWith(said);
        expect(patientMatch({ transport: 'ble', serial, said, over }).state === 'confirmed').toBe(same);
      }),
    );
    fc.assert(
      fc.property(number, end, (head, said) => {
        expect(patientMatch({ ...air, serial: `${head}${said.toLowerCase()}`, said }).state).toBe('confirmed');
      }),
    );
  });
});
