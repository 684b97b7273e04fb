globalThis.onebox_driver = {
  start(send) {
    send(1, 'write', '{"channel":"2A5F","bytes":"FF"}', new ArrayBuffer(1));
    return () => undefined;
  },
};
