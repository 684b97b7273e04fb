import { defineErrors } from './definition.js';

/** 650 to 659: what leaves the tablet for a hospital, and opening it again. */
export const HANDOVER_ERRORS = defineErrors({
  HANDOVER_EMPTY: {
    code: 650,
    message: 'handover.empty',
    recoverable: true,
    summary: 'Nothing was read that could be handed over.',
    remedy: 'Read the device, then hand over.',
  },
  HANDOVER_TOO_LARGE: {
    code: 651,
    message: 'handover.tooLarge',
    recoverable: true,
    summary: 'What was read is too much for one file.',
    remedy: 'Read fewer phases, then hand over.',
  },
  HANDOVER_INVALID: {
    code: 652,
    message: 'handover.invalid',
    recoverable: true,
    summary: 'This is no hand-over, or it was changed or cut.',
    remedy: 'Take another copy of the file, or have it handed over again.',
  },
  HANDOVER_WORDS: {
    code: 653,
    message: 'handover.words',
    recoverable: true,
    summary: 'These words do not open this hand-over.',
    remedy: 'Compare the words and their order with what was written down: eight words, in small letters.',
  },
  HANDOVER_UNSAVED: {
    code: 655,
    message: 'handover.unsaved',
    recoverable: true,
    summary: 'The hand-over could not be saved. Nothing is left of it there.',
    remedy: 'Choose another place, or plug the stick in again, and save once more.',
  },
  HANDOVER_VERSION: {
    code: 654,
    message: 'handover.version',
    recoverable: true,
    summary: 'This hand-over was made by a later version of OneBox.',
    remedy: 'Open it with age and tar, or update OneBox.',
  },
});
