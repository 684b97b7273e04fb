import { defineErrors } from './definition.js';

/** 540 to 559: the key store of the system, security keys, cards and badges. */
export const KEY_ERRORS = defineErrors({
  KEY_STORE_NEEDED: {
    code: 540,
    message: 'key.storeNeeded',
    recoverable: true,
    summary: 'The keys of this tablet are sealed by the secret store of the system, which is not there.',
    remedy:
      'Open OneBox in its window, as the user of the system who set it up. Without that store: onebox keys unseal, with the recovery words.',
  },
  KEY_STORE_REFUSED: {
    code: 541,
    message: 'key.storeRefused',
    recoverable: true,
    summary: 'The secret store of the system does not open the keys of this tablet.',
    remedy:
      'Unlock the key ring of the user who set OneBox up, then start again. If it is lost: onebox keys unseal, with the recovery words.',
  },
  KEY_STORE_UNUSED: {
    code: 542,
    message: 'key.storeUnused',
    recoverable: true,
    summary: 'The keys of this tablet are not sealed by a secret store.',
    remedy: 'Nothing has to be undone: unlock as usual.',
  },
  SECURITY_KEY_SILENT: {
    code: 546,
    message: 'key.silent',
    recoverable: true,
    summary: 'No security key of this person was touched in time.',
    remedy: 'Plug the key in, ask again and touch it.',
  },
  SECURITY_KEY_COPIED: {
    code: 545,
    message: 'key.copied',
    recoverable: true,
    summary: 'The security key counts less than before: there may be a copy of it.',
    remedy: 'Use another factor, tell the privacy officer, and enrol another key.',
  },
});
