// The air with the practice ICD in it, as a process of its own: what the device computes weighs on neither reader.
import { PATIENTS } from '@onebox/drivers/onebox-native/practice/patients.js';
import { NativeBleSimulator } from '@onebox/drivers/onebox-native/simulator.js';
import { startSimulator } from '@onebox/simulation/radio/peripheral.js';
import { AIR, Radio } from '@onebox/simulation/radio/radio.js';

const [path] = process.argv.slice(2);
// Advertising is frequent, so that chance of when the next one comes does not drown what is measured.
const radio = new Radio({ ...AIR, maxAdvertisingIntervalMs: 20 });
const icd = PATIENTS.find(({ key }) => key === 'icd');
await startSimulator(radio.attach('00:aa:01:0b:0e:01'), new NativeBleSimulator(icd));
await radio.serve(path);
process.on('disconnect', () => process.exit(0));
process.send('ready');
