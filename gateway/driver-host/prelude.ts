/**
 * Runs in the sandbox before the driver, and takes away what makes a run differ from its replay: the clock
 * shows what the host says, chance is a fixed sequence, and text does not become code.
 */
export const PRELUDE = `(function (clock) {
  'use strict';
  const RealDate = Date;
  const HostDate = function Date(...parts) {
    if (!new.target) return new RealDate(clock()).toString();
    return Reflect.construct(RealDate, parts.length === 0 ? [clock()] : parts, new.target);
  };
  Object.defineProperty(HostDate, 'length', { value: 7 });
  HostDate.prototype = RealDate.prototype;
  HostDate.UTC = RealDate.UTC;
  HostDate.parse = RealDate.parse;
  HostDate.now = () => clock();
  Object.defineProperty(RealDate.prototype, 'constructor', { value: HostDate, writable: true, configurable: true });
  globalThis.Date = HostDate;

  let state = 0x2545f491;
  Math.random = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4294967296;
  };

  delete globalThis.eval;
  const noCode = function Function() {
    throw new EvalError('code from text is not allowed');
  };
  for (const made of [function () {}, async function () {}, function* () {}, async function* () {}]) {
    const prototype = Object.getPrototypeOf(made);
    Object.defineProperty(prototype, 'constructor', { value: noCode, writable: false, configurable: false });
  }
  noCode.prototype = Object.getPrototypeOf(noCode);
  globalThis.Function = noCode;
})`;
