globalThis.onebox_driver = {
  start(send) {
    for (;;) {
      try {
        send(1, 'sleep', '{"ms":1}', new ArrayBuffer(0));
      } catch {
        // Goes on as if it had not been told.
      }
    }
  },
};
