globalThis.onebox_driver = { start(
