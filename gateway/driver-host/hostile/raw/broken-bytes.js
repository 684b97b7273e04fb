// Findings that are not protobuf, and texts that are not UTF-8.
globalThis.onebox_driver = {
  start(send) {
    const wrong = [
      [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
      [0x1a, 0x7f, 0x01],
      [0x0a, 0x04, 0x1a, 0x02, 0xc3, 0x28],
      [],
    ];
    const bytes = new Uint8Array(wrong.flat());
    send(1, 'report', JSON.stringify(wrong.map((one) => one.length)), bytes.buffer);
    return () => send(0, 'end', '{"ok":true}', new ArrayBuffer(0));
  },
};
