// A simulated oximeter on a pseudo terminal, in a process of its own: prints the port, and is pulled out after some
// seconds of data. Until this process is ended the name of the port is not given to another one.
import { constants, openSync } from 'node:fs';
import { Cms50Simulator } from '@onebox/drivers/contec-cms50-v7-serial/simulator.js';
import { startSerialSimulator } from '@onebox/simulation/serial/pty.js';

let left = 1500;

const oximeter = new Cms50Simulator({ seed: 6 });
const running = await startSerialSimulator({
  line: oximeter.line,
  stop: () => oximeter.stop(),
  start: (wire) =>
    oximeter.start({
      onBytes: (listener) => wire.onBytes(listener),
      now: () => wire.now(),
      send: (bytes) => {
        wire.send(bytes);
        left -= bytes.length;
        if (left < 0) void running.close();
      },
    }),
});
openSync(running.port.path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
console.log(running.port.path);
process.on('disconnect', () => process.exit());
