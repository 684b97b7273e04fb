import type { SimulatedDriver } from '@onebox/driver-sdk/simulated/faults.js';
import type { LoadedDriver } from '@onebox/gateway/driver-host/driver-index.js';
import type { Project } from '../project.js';

/** What is put on the bench: a driver that was built, and its simulated devices. */
export interface Workpiece {
  readonly project: Project;
  readonly driver: LoadedDriver;
  readonly simulated: SimulatedDriver;
}
