globalThis.onebox_driver = {
  start(send) {
    send({ toString: () => 'end' }, Symbol('x'), null);
    return () => undefined;
  },
};
