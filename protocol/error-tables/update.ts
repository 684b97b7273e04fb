import { defineErrors } from './definition.js';

/** 8xx: updates. Drivers that come as packages. */
export const UPDATE_ERRORS = defineErrors({
  DRIVER_PACKAGE: {
    code: 801,
    message: 'upd.package',
    recoverable: false,
    summary: 'This is not a whole driver package.',
    remedy: 'Get the file again, and check it with onebox driver verify.',
  },
  DRIVER_UNTRUSTED: {
    code: 802,
    message: 'upd.untrusted',
    recoverable: false,
    summary: 'The driver is not signed by a vendor and a reviewer whom this tablet trusts.',
    remedy: 'See onebox driver keys list; a package is signed with onebox driver sign.',
  },
  DRIVER_ROLLBACK: {
    code: 803,
    message: 'upd.rollback',
    recoverable: false,
    summary: 'The driver is older than what may run.',
    remedy: 'Install a newer version.',
  },
  DRIVER_SELF_TEST: {
    code: 804,
    message: 'upd.selfTest',
    recoverable: false,
    summary: 'The driver did not find in its own recordings what it must find.',
    remedy: 'Do not use it. Report it to its maker.',
  },
  TRUST_INVALID: {
    code: 805,
    message: 'upd.trust',
    recoverable: false,
    summary: 'The list of trusted keys is not valid: no driver package is used.',
    remedy: 'Restore drivers/trust.json of the store.',
  },
});
