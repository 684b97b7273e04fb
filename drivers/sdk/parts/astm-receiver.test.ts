import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACK, CR, ENQ, EOT, encodeAstmFrame, LF, NAK, STX } from './astm-frame.js';
import { type AstmEvent, AstmReceiver, type AstmSession } from './astm-receiver.js';
import { latin1Bytes } from './text.js';

const frame = (number: number, text: string, terminator: 'ETB' | 'ETX' = 'ETX') =>
  encodeAstmFrame(number, latin1Bytes(text), terminator);
const enq = Uint8Array.of(ENQ);
const eot = Uint8Array.of(EOT);

function play(...steps: readonly (Uint8Array | 'silence' | 'give-up')[]) {
  const receiver = new AstmReceiver();
  const events: AstmEvent[] = steps.flatMap((step) =>
    step === 'silence' ? receiver.silence() : step === 'give-up' ? receiver.giveUp() : receiver.receive(step),
  );
  return gather(events);
}

function gather(events: readonly AstmEvent[]) {
  const records: string[] = [];
  const answers: string[] = [];
  const sessions: AstmSession[] = [];
  for (const event of events) {
    if (event.kind === 'record') records.push(event.text);
    else if (event.kind === 'answer') answers.push(event.byte === ACK ? 'ACK' : event.byte === NAK ? 'NAK' : '?');
    else if (event.kind === 'ended') sessions.push(event.session);
  }
  return { records, answers: answers.join(' '), sessions, session: sessions[0] };
}

describe('ASTM E1381 receiver', () => {
  it('counts frames 1 to 7, 0, 1 and joins ETB with what follows', () => {
    const numbers = [1, 2, 3, 4, 5, 6, 7, 0, 1];
    const { records, answers, session } = play(
      enq,
      ...numbers.map((number) => frame(number, `R|${number}\r`)),
      frame(2, 'C|a', 'ETB'),
      frame(3, 'b\r'),
      eot,
    );
    expect(records).toEqual([...numbers.map((number) => `R|${number}`), 'C|ab']);
    expect(answers).toBe(Array(12).fill('ACK').join(' '));
    expect(session).toMatchObject({ complete: true, frames: 11, naks: 0, warnings: [] });
  });

  it('refuses a wrong checksum, a wrong number and a line of noise, and takes the repetition', () => {
    const wrong = frame(1, 'R|1\r');
    wrong[3]! ^= 1;
    const { records, answers, session } = play(
      enq,
      wrong,
      frame(3, 'R|1\r'),
      latin1Bytes('noise\r\n'),
      frame(1, 'R|1\r'),
      eot,
    );
    expect(records).toEqual(['R|1']);
    expect(answers).toBe('ACK NAK NAK NAK ACK');
    expect(session).toMatchObject({ complete: true, naks: 3, rejects: { checksum: 1, number: 1, format: 1 } });
  });

  it('acknowledges a copy and drops it', () => {
    const { records, answers, session } = play(enq, frame(1, 'R|1\r'), frame(1, 'R|1\r'), frame(2, 'R|2\r'), eot);
    expect(records).toEqual(['R|1', 'R|2']);
    expect(answers).toBe('ACK ACK ACK ACK');
    expect(session).toMatchObject({ duplicates: 1, complete: true });
  });

  it('keeps whole records of an unfinished chain and says that it is not complete', () => {
    const { records, session } = play(enq, frame(1, 'R|1\rR|', 'ETB'), eot);
    expect(records).toEqual(['R|1']);
    expect(session).toMatchObject({ complete: false, end: 'eot' });
    expect(play(enq, frame(1, 'R|1\r', 'ETB'), eot).session).toMatchObject({ complete: false });
  });

  it('is not complete when the last frame was refused, when time runs out, or when the sender starts again', () => {
    const wrong = frame(2, 'R|2\r');
    wrong[3]! ^= 1;
    expect(play(enq, frame(1, 'R|1\r'), ...Array(7).fill(wrong), eot).session).toMatchObject({
      complete: false,
      naks: 7,
      warnings: ['repeats'],
    });
    expect(play(enq, frame(1, 'R|1\r'), 'give-up').session).toMatchObject({ complete: false, end: 'timeout' });
    const again = play(enq, frame(1, 'R|1\r'), enq, frame(1, 'R|1\r'), eot);
    expect(again.sessions).toMatchObject([{ complete: false, end: 'restart' }, { complete: true }]);
  });

  it('acknowledges ENQ again when its ACK was lost', () => {
    const { answers, sessions } = play(enq, enq, frame(1, 'R|1\r'), eot);
    expect(answers).toBe('ACK ACK ACK');
    expect(sessions).toMatchObject([{ complete: true }]);
  });

  it('does not use and does not answer frames outside of a session', () => {
    const { records, answers } = play(frame(1, 'R|1\r'), eot, frame(2, 'R|2\r'));
    expect(records).toEqual([]);
    expect(answers).toBe('');
    expect(play(frame(1, 'R|1\r'), enq, frame(1, 'R|2\r'), eot)).toMatchObject({
      records: ['R|2'],
      session: { warnings: ['outside'] },
    });
  });

  it('takes a header between EOT and ENQ, and numbers as they come after it', () => {
    const header = frame(1, 'H|\\^&\r', 'ETB');
    const burst = Uint8Array.of(EOT, ...header, ENQ);
    const { records, answers, session } = play(
      burst,
      frame(5, 'R|1\r', 'ETB'),
      frame(5, 'R|1\r', 'ETB'),
      frame(6, 'R|2\r', 'ETB'),
      eot,
    );
    expect(records).toEqual(['H|\\^&', 'R|1', 'R|2']);
    expect(answers).toBe('ACK ACK ACK ACK');
    expect(session).toMatchObject({ complete: true, duplicates: 1, warnings: ['numbering'] });
  });

  it('asks for the burst again when its header is damaged', () => {
    const header = frame(1, 'H|\\^&\r', 'ETB');
    const damaged = header.slice();
    damaged[4]! ^= 1;
    const burst = (bytes: Uint8Array) => Uint8Array.of(EOT, ...bytes, ENQ);
    const { records, answers } = play(burst(damaged), burst(header), eot);
    expect(answers).toBe('NAK ACK');
    expect(records).toEqual(['H|\\^&']);
  });

  it('forgets a damaged header when its time is up', () => {
    const damaged = Uint8Array.of(0x02, 0x31, 0x48, LF);
    expect(play(damaged, 'give-up', enq, frame(1, 'R|1\r'), eot)).toMatchObject({
      records: ['R|1'],
      answers: 'ACK ACK',
    });
  });

  it('takes frames that end with CR alone or LF alone', () => {
    const cr = (bytes: Uint8Array) => bytes.subarray(0, -1);
    const lf = (bytes: Uint8Array) => Uint8Array.of(...bytes.subarray(0, -2), LF);
    expect(
      play(enq, cr(frame(1, 'R|1\r')), 'silence', cr(frame(2, 'R|2\r')), lf(frame(3, 'R|3\r')), eot),
    ).toMatchObject({
      records: ['R|1', 'R|2', 'R|3'],
      session: { complete: true },
    });
    expect(play(enq, cr(frame(1, 'R|1\r')), eot)).toMatchObject({ records: ['R|1'], session: { complete: true } });
  });

  it('ends a frame that does not go on: asks again, or hears the EOT behind it', () => {
    const half = frame(1, 'R|1\r').subarray(0, 4);
    expect(play(enq, half, 'silence', frame(1, 'R|1\r'), eot)).toMatchObject({
      answers: 'ACK NAK ACK',
      session: { complete: true },
    });
    expect(play(enq, half, eot, 'silence').session).toMatchObject({ end: 'eot', records: 0 });
  });

  it('does not depend on how the bytes are split', () => {
    const bytes = Uint8Array.from(
      [enq, frame(1, 'H|\\^&\rR|1', 'ETB'), frame(2, '|x\r'), eot].flatMap((part) => [...part]),
    );
    const whole = play(bytes);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 8 }), (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        const pieces = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
        expect(play(...pieces)).toEqual(whole);
      }),
    );
  });

  it('survives any noise, gives no record that was not sent, and then works again', () => {
    const text = 'R|1|^^^X|5.0|u\r';
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.boolean(), (noise, pause) => {
        const receiver = new AstmReceiver();
        const before = gather([...receiver.receive(noise), ...receiver.giveUp()]);
        expect(
          before.records.every(
            (record) => new TextDecoder('latin1').decode(noise).includes(record) || record.length === 0,
          ),
        ).toBe(true);
        if (pause) receiver.silence();
        const after = gather([...receiver.receive(enq), ...receiver.receive(frame(1, text)), ...receiver.receive(eot)]);
        expect(after.records).toEqual([text.slice(0, -1)]);
      }),
      { numRuns: 300 },
    );
  });

  // One bit per frame: two can make up for each other in a sum, and no receiver can tell.
  it('gets every record through a line that damages frames, and never a wrong one', () => {
    const records = Array.from({ length: 12 }, (_, index) => `R|${index + 1}|^^^X|${index * 7}|u`);
    const flip = fc.option(fc.record({ at: fc.nat({ max: 30 }), bit: fc.integer({ min: 0, max: 7 }) }));
    fc.assert(
      fc.property(fc.array(flip, { maxLength: 40 }), (flips) => {
        const receiver = new AstmReceiver();
        const events: AstmEvent[] = [...receiver.receive(enq)];
        let place = 0;
        for (let tries = 0; place < records.length && tries < 80; tries += 1) {
          const bytes = frame((place + 1) & 7, `${records[place]}\r`);
          const damage = flips[tries];
          if (damage) bytes[damage.at % bytes.length]! ^= 1 << damage.bit;
          let got = receiver.receive(bytes);
          if (!got.some(({ kind }) => kind === 'answer')) got = [...got, ...receiver.silence()];
          events.push(...got);
          const answers = got.filter((event) => event.kind === 'answer');
          if (answers.at(-1)?.byte === ACK) place += 1;
        }
        const result = gather([...events, ...receiver.receive(eot)]);
        expect(result.records).toEqual(records);
        expect(result.session?.complete).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('bounds what a hostile sender can make it keep', () => {
    const receiver = new AstmReceiver();
    receiver.receive(enq);
    const long = new Uint8Array(200_000).fill(0x41);
    long.set([STX, 0x31]);
    expect(receiver.receive(long)).toEqual([]);
    expect(gather(receiver.receive(Uint8Array.of(CR, LF)))).toMatchObject({ answers: 'NAK' });
    expect(gather(receiver.receive(frame(1, 'R|1\r')))).toMatchObject({ records: ['R|1'], answers: 'ACK' });
  });
});
