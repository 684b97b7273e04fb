import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apdu, attribute, type Bytes, be16, be32, list, octets, sfloat } from '../simulated/mder.js';
import { APDU, MESSAGE } from './phd-apdu.js';
import { ATTRIBUTE } from './phd-attributes.js';
import { ApduFramer } from './phd-framer.js';
import { ABORT, AssociationManager } from './phd-manager.js';

const VERSION_1 = 0x80000000;

const aarq = (
  configuration: number,
  { association = VERSION_1, version = VERSION_1, encoding = 0x8000, protocol = 20601 } = {},
) =>
  apdu(APDU.AARQ, [
    ...be32(association),
    ...list([
      [
        ...be16(protocol),
        ...octets([
          ...[...be32(version), ...be16(encoding), ...be32(VERSION_1), ...be32(0), ...be32(0x00800000)],
          ...[...octets([1, 2, 3, 4, 5, 6, 7, 8]), ...be16(configuration), ...be16(1), 1, 0, ...list([])],
        ]),
      ],
    ]),
  ]);
const prst = (choice: number, body: Bytes, invokeId: number) =>
  apdu(APDU.PRST, octets([...be16(invokeId), ...be16(choice), ...octets(body)]));
const event = (type: number, info: Bytes, { confirmed = true, invokeId = 9, handle = 0 } = {}) => {
  const body = [...be16(handle), ...be32(0xffffffff), ...be16(type), ...octets(info)];
  return prst(confirmed ? MESSAGE.confirmedEvent : MESSAGE.event, body, invokeId);
};
const CONFIGURATION = [
  ...be16(0x4000),
  ...list([[...be16(6), ...be16(1), ...list([attribute(ATTRIBUTE.type, [...be16(2), ...be16(19384)])])]]),
];
const SPO2 = [...be16(0xf000), ...be16(0), ...list([[...be16(1), ...octets(sfloat(97))]])];
const RELEASE = apdu(APDU.RLRQ, be16(0));
const ABORTED = apdu(APDU.ABRT, be16(2));

function conversation() {
  const manager = new AssociationManager();
  const framer = new ApduFramer();
  /** Requests that are answered, and kinds of events. */
  const hear = (parts: Bytes) => {
    const steps = [...framer.push(Uint8Array.from(parts)), ...framer.quiet()].map((one) => manager.receive(one));
    return {
      answers: steps.flatMap(({ answers }) => answers.map(({ request, parameters }) => ({ request, ...parameters }))),
      events: steps.flatMap(({ events }) => events.map(({ kind }) => kind)),
    };
  };
  return { manager, hear };
}

describe('the manager', () => {
  it('operates at once with a standard configuration, and asks what the device is', () => {
    const { manager, hear } = conversation();
    expect(hear(aarq(0x0190))).toEqual({
      answers: [{ request: 'acceptAssociation' }, { request: 'getMds', invokeId: 1 }],
      events: ['associated', 'operating'],
    });
    expect(hear(prst(MESSAGE.getReply, [...be16(0), ...list([])], 1)).events).toEqual(['mds']);
    expect(hear(event(0x0d1d, SPO2, { confirmed: false }))).toEqual({ answers: [], events: ['measured'] });
    expect(hear(event(0x0d1d, SPO2, { invokeId: 77 }))).toEqual({
      answers: [{ request: 'confirmEvent', invokeId: 77, handle: 0, eventType: 0x0d1d }],
      events: ['measured'],
    });
    expect(hear(RELEASE)).toEqual({ answers: [{ request: 'release' }], events: ['ended'] });
    expect(manager.state).toBe('unassociated');
  });

  it('waits for a configuration that it does not know', () => {
    const { manager, hear } = conversation();
    expect(hear(aarq(0x4000)).answers).toEqual([{ request: 'acceptUnknownConfiguration' }]);
    expect(manager.state).toBe('waiting-for-configuration');
    expect(hear(event(0x0d1c, CONFIGURATION))).toEqual({
      answers: [
        { request: 'acceptConfiguration', invokeId: 9, configuration: 0x4000 },
        { request: 'getMds', invokeId: 1 },
      ],
      events: ['operating'],
    });
    expect(manager.state).toBe('operating');
  });

  it('rejects other protocols, versions and encodings', () => {
    for (const other of [
      { association: 0x40000000 },
      { protocol: 65535 },
      { version: 0x40000000 },
      { encoding: 0x4000 },
    ]) {
      const { manager, hear } = conversation();
      expect(hear(aarq(0x0190, other))).toEqual({ answers: [{ request: 'rejectAssociation' }], events: [] });
      expect(manager.state).toBe('unassociated');
    }
  });

  it('confirms an event of an unknown type, and keeps it', () => {
    const { hear } = conversation();
    hear(aarq(0x0190));
    expect(hear(event(0x0dff, [1, 2, 3]))).toEqual({
      answers: [{ request: 'confirmEvent', invokeId: 9, handle: 0, eventType: 0x0dff }],
      events: ['other'],
    });
  });

  it('does not confirm what it cannot use: it aborts, and the agent keeps it', () => {
    const { manager, hear } = conversation();
    hear(aarq(0x0190));
    const stranger = [...be16(0xf000), ...be16(0), ...list([[...be16(5), ...octets(sfloat(97))]])];
    expect(hear(event(0x0d1d, stranger))).toEqual({
      answers: [{ request: 'abort', reason: ABORT.undefined }],
      events: ['refused', 'ended'],
    });
    hear(aarq(0x0190));
    const [c0 = 0, c1 = 0, c2 = 0, low = 0, ...rest] = event(0x0d1d, SPO2);
    expect(hear([c0, c1, c2, low - 1, ...rest]).events).toContain('refused');
    expect(manager.state).toBe('unassociated');
  });

  it('aborts a report before the configuration, and one without an association', () => {
    const { hear } = conversation();
    expect(hear(event(0x0d1d, SPO2))).toEqual({ answers: [{ request: 'abort', reason: 0 }], events: [] });
    expect(hear(RELEASE)).toEqual({ answers: [{ request: 'abort', reason: 0 }], events: [] });
    hear(aarq(0x4000));
    expect(hear(event(0x0d1d, SPO2))).toEqual({ answers: [{ request: 'abort', reason: 0 }], events: ['ended'] });
  });

  it('takes an abort, an association that comes twice, and a get that is refused', () => {
    const { manager, hear } = conversation();
    hear(aarq(0x0190));
    expect(hear(aarq(0x0190))).toEqual({ answers: [], events: [] });
    expect(hear(prst(MESSAGE.reject, be16(0), 1)).events).toEqual(['no-mds']);
    expect(hear(ABORTED)).toEqual({ answers: [], events: ['ended'] });
    expect(manager.state).toBe('unassociated');
  });

  it('asks for nothing but what a manifest lists, whatever it hears', () => {
    const allowed = new Set([
      'acceptAssociation',
      'acceptUnknownConfiguration',
      'rejectAssociation',
      'acceptConfiguration',
      'confirmEvent',
      'getMds',
      'release',
      'abort',
    ]);
    const heard = fc.constantFrom<Bytes>(
      aarq(0x0190),
      aarq(0x4000),
      event(0x0d1c, CONFIGURATION),
      event(0x0d1d, SPO2),
      event(0x0d1d, SPO2, { confirmed: false }),
      prst(MESSAGE.getReply, [...be16(0), ...list([])], 1),
      prst(MESSAGE.get, [...be16(0), ...list([])], 1),
      prst(MESSAGE.confirmedSet, [...be16(0), ...list([])], 1),
      apdu(APDU.AARE, [...be16(0), ...be16(0), ...octets([])]),
      apdu(APDU.RLRE, be16(0)),
      RELEASE,
      ABORTED,
      [0x12, 0x34],
    );
    fc.assert(
      fc.property(fc.array(heard, { maxLength: 20 }), (sequence) => {
        const { manager, hear } = conversation();
        for (const one of sequence) {
          const before = manager.state;
          const { answers, events } = hear(one);
          for (const { request } of answers) expect(allowed.has(request)).toBe(true);
          if (events.includes('measured')) expect(before).toBe('operating');
        }
      }),
    );
  });
});
