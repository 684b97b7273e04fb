globalThis.onebox_driver = {
  start(send) {
    send(1, 'report', '[4294967296, -1]', new ArrayBuffer(8));
    return () => undefined;
  },
};
