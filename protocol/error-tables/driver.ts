import { defineErrors } from './definition.js';

/** 3xx: drivers. */
export const DRIVER_ERRORS = defineErrors({
  MANIFEST_INVALID: {
    code: 301,
    message: 'drv.manifest',
    recoverable: false,
    summary: 'The manifest of the driver is not valid.',
    remedy: 'Mend the named field.',
  },
  DRIVER_UNKNOWN: {
    code: 302,
    message: 'drv.missing',
    recoverable: false,
    summary: 'There is no such driver.',
    remedy: 'See onebox devices for the installed drivers.',
  },
  DRIVER_AMBIGUOUS: {
    code: 303,
    message: 'drv.ambiguous',
    recoverable: true,
    summary: 'Several drivers fit this device equally well.',
    remedy: 'Choose one.',
  },
  DRIVER_CRASHED: {
    code: 310,
    message: 'drv.crash',
    recoverable: true,
    summary: 'The driver stopped with an error.',
    remedy: 'Values read before are kept. Try again, and report the driver.',
  },
  DRIVER_TIMEOUT: {
    code: 311,
    message: 'drv.stall',
    recoverable: true,
    summary: 'The driver did not go on in time and was stopped.',
    remedy: 'Values read before are kept. Try again, and report the driver.',
  },
  DRIVER_MEMORY: {
    code: 312,
    message: 'drv.memory',
    recoverable: true,
    summary: 'The driver used too much memory and was stopped.',
    remedy: 'Values read before are kept. Report the driver.',
  },
  DRIVER_FORBIDDEN: {
    code: 313,
    message: 'drv.forbidden',
    recoverable: false,
    summary: 'The driver asked for something that its manifest does not allow.',
    remedy: 'Report the driver. Do not use it again.',
  },
  DRIVER_FLOOD: {
    code: 314,
    message: 'drv.flood',
    recoverable: false,
    summary: 'The driver reported more than its budget allows and was stopped.',
    remedy: 'Values read before are kept. Report the driver.',
  },
  DRIVER_FINDING: {
    code: 315,
    message: 'drv.finding',
    recoverable: false,
    summary: 'The driver reported a finding that breaks the rules.',
    remedy: 'The finding was left out. Report the driver.',
  },
  DRIVER_BUDGET: {
    code: 316,
    message: 'bud.out',
    recoverable: true,
    summary: 'The budget of the link for this device is used up.',
    remedy: 'Wait, or read the first values only.',
  },
  DRIVER_LOAD: {
    code: 317,
    message: 'drv.load',
    recoverable: false,
    summary: 'The driver could not be loaded.',
    remedy: 'Install it again.',
  },
  TOOLS_MISSING: {
    code: 318,
    message: 'drv.tools',
    recoverable: false,
    summary: 'The tools of a device maker are not here.',
    remedy: 'They come with a checkout of OneBox: run npm ci in it.',
  },
});
