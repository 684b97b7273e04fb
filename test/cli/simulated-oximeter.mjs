// A simulated oximeter on a pseudo terminal, in a process of its own: prints the port, and is pulled out after some seconds of data.
import { Cms50Simulator } from '@onebox/drivers/contec-cms50-v7-serial/simulator.js';
import { startSerialSimulator } from '@onebox/simulation/serial/pty.js';
import { Watched } from './watched.mjs';

const ENOUGH = 1500;

const oximeter = new Watched(new Cms50Simulator({ seed: 6 }));
const { port } = await startSerialSimulator(oximeter);
oximeter.whenSent(ENOUGH, () => process.exit());
console.log(port.path);
process.on('disconnect', () => process.exit());
