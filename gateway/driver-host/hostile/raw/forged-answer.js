// Talks about calls that it never made.
globalThis.onebox_driver = {
  start(send) {
    send(Number.NaN, 'sleep', '{"ms":1e999}', new ArrayBuffer(0));
    return () => undefined;
  },
};
