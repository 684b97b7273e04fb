import type { SimulatedDriver } from '@onebox/driver-sdk/simulated/faults.js';
import { type AgentOptions, type AgentPlan, SimulatedAgent } from '@onebox/driver-sdk/simulated/phd-agent.js';

/** Made-up personal health devices. Their values depend on the seed alone, their times on the clock. */

const between = (random: () => number, low: number, high: number) => low + Math.floor(random() * (high - low + 1));

/** A finger oximeter that streams; standard configuration 0190. */
const OXIMETER: AgentPlan = {
  model: 'Oximeter',
  specialisation: 4100,
  configurationId: 0x0190,
  reports: 'stream',
  objects: [
    { handle: 1, type: 19384, unit: 544, form: 'basic', measure: (random) => [[between(random, 96, 98), 0]] },
    { handle: 10, type: 18458, unit: 2720, form: 'basic', measure: (random) => [[between(random, 70, 75), 0]] },
  ],
};

/** An upper arm monitor with one measurement; standard configuration 02BC. */
const BLOOD_PRESSURE: AgentPlan = {
  model: 'Blood pressure monitor',
  specialisation: 4103,
  configurationId: 0x02bc,
  reports: 1,
  objects: [
    {
      handle: 1,
      type: 18948,
      unit: 3872,
      form: 'compound',
      parts: [18949, 18950, 18951],
      measure: (random) => [
        [between(random, 118, 138), 0],
        [between(random, 72, 84), 0],
        [between(random, 90, 99), 0],
      ],
    },
    { handle: 2, type: 18474, unit: 2720, form: 'basic', measure: (random) => [[between(random, 60, 80), 0]] },
  ],
};

/** A scale that also measures body fat, in a configuration of its own. */
const SCALE: AgentPlan = {
  model: 'Scale',
  specialisation: 4111,
  configurationId: 0x4000,
  reports: 1,
  objects: [
    { handle: 1, type: 57664, unit: 1731, form: 'simple', measure: (random) => [[between(random, 701, 809), -1]] },
    { handle: 2, type: 57676, unit: 544, form: 'simple', measure: (random) => [[between(random, 180, 270), -1]] },
  ],
};

/** A blood glucose meter with stored results, which it reports by attributes. */
const GLUCOSE: AgentPlan = {
  model: 'Glucose meter',
  specialisation: 4113,
  configurationId: 0x4001,
  reports: 5,
  variable: true,
  objects: [
    { handle: 1, type: 29112, unit: 2130, form: 'basic', measure: (random) => [[between(random, 70, 180), 0]] },
  ],
};

/** An agent of a kind that has no class here, with a code that is in no table. */
const UNKNOWN: AgentPlan = {
  model: 'Something else',
  specialisation: 4999,
  configurationId: 0x4005,
  reports: 2,
  objects: [
    { handle: 5, type: 61234, unit: 512, form: 'simple', measure: (random) => [[between(random, 1, 9000), 0]] },
  ],
};

const agent =
  (plan: AgentPlan) =>
  (options: AgentOptions = {}) =>
    new SimulatedAgent(plan, options);

export const oximeterAgent = agent(OXIMETER);
export const bloodPressureAgent = agent(BLOOD_PRESSURE);
export const scaleAgent = agent(SCALE);
export const glucoseAgent = agent(GLUCOSE);
export const unknownAgent = agent(UNKNOWN);

const simulated: SimulatedDriver = {
  devices: {
    'phd-oximeter': { transport: 'serial', make: oximeterAgent },
    'phd-scale': { transport: 'serial', make: scaleAgent },
  },
  without: { 'wrong-checksum': 'APDUs carry none' },
};
export default simulated;
