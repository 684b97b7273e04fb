// A simulated oximeter on a pseudo terminal, in a process of its own: prints the port, and is pulled out by ending it.
import { Cms50Simulator } from '@onebox/drivers/contec-cms50-v7-serial/simulator.js';
import { startSerialSimulator } from '@onebox/simulation/serial/pty.js';

const { port } = await startSerialSimulator(new Cms50Simulator({ seed: 6 }));
console.log(port.path);
process.on('disconnect', () => process.exit());
