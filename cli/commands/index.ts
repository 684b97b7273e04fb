import { audit } from './audit.js';
import { backup, restore } from './backup.js';
import { cases } from './cases.js';
import type { Command } from './command.js';
import { decommission } from './decommission.js';
import { devices } from './devices.js';
import { doctor } from './doctor.js';
import { driver } from './driver.js';
import { enrol } from './enrol.js';
import { factor } from './factor.js';
import { handover } from './handover.js';
import { identify } from './identify.js';
import { idle } from './idle.js';
import { keys } from './keys.js';
import { read } from './read.js';
import { record } from './record.js';
import { records } from './records.js';
import { recover } from './recover.js';
import { replay } from './replay.js';
import { serve } from './serve.js';

/** All words of the command, in the order of the help. */
export const commands: readonly Command[] = [
  devices,
  read,
  record,
  replay,
  cases,
  audit,
  records,
  handover,
  backup,
  restore,
  decommission,
  enrol,
  factor,
  recover,
  identify,
  doctor,
  serve,
  driver,
  keys,
  idle,
];
