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
  BADGE_READER: {
    code: 543,
    message: 'badge.reader',
    recoverable: true,
    summary: 'The badge reader is not there, or was not named.',
    remedy: 'Plug the reader in and name its port: --badge-port TTY, for the window --badge-reader TTY.',
  },
  BADGE_ABSENT: {
    code: 544,
    message: 'badge.absent',
    recoverable: true,
    summary: 'No badge was held to the reader in time.',
    remedy: 'Take the badge away from the reader, try again, and hold it there.',
  },
  BADGE_UNFIT: {
    code: 547,
    message: 'badge.unfit',
    recoverable: true,
    summary: 'The badge says another identifier each time, or none.',
    remedy: 'Use a badge with an identifier of its own, or another factor.',
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
  CARD_MODULE: {
    code: 550,
    message: 'card.module',
    recoverable: true,
    summary: 'Smart cards cannot be used on this machine.',
    remedy: 'Install OpenSC with its pkcs11-tool, or name the PKCS#11 module of the card: --smart-card MODULE.',
  },
  CARD_ABSENT: {
    code: 551,
    message: 'card.absent',
    recoverable: true,
    summary: 'The smart card of this person is not in a reader.',
    remedy: 'Put the card in, leave it there, and try again.',
  },
  CARD_SEVERAL: {
    code: 552,
    message: 'card.several',
    recoverable: true,
    summary: 'There are several smart cards.',
    remedy: 'Leave only the card in that is to be enrolled.',
  },
  CARD_UNFIT: {
    code: 553,
    message: 'card.unfit',
    recoverable: true,
    summary: 'The smart card has no certificate for PIV authentication (slot 9A).',
    remedy: 'Use a PIV card with an RSA or EC key in slot 9A.',
  },
  CARD_LOCKED: {
    code: 554,
    message: 'card.locked',
    recoverable: true,
    summary: 'The smart card has locked its PIN.',
    remedy: 'Use another factor; who issued the card can unlock it.',
  },
  CARD_LAST_TRY: {
    code: 555,
    message: 'card.lastTry',
    recoverable: true,
    summary: 'The smart card has one try left, which is not used here.',
    remedy: 'Use another factor; give the card its right PIN elsewhere, which frees its tries.',
  },
  CARD_PIN_WRONG: {
    code: 556,
    message: 'card.pinWrong',
    recoverable: true,
    summary: 'The smart card says that its PIN is wrong.',
    remedy: 'Check the PIN before the next try: the card counts them.',
  },
  CARD_SILENT: {
    code: 557,
    message: 'card.silent',
    recoverable: true,
    summary: 'The smart card or its module does not answer.',
    remedy: 'Pull the card out, put it in again, or use another factor.',
  },
});
