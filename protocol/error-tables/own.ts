import { defineErrors } from './definition.js';

/** 9xx: ours. */
export const OWN_ERRORS = defineErrors({
  INTERNAL: {
    code: 900,
    message: 'internal',
    recoverable: false,
    summary: 'OneBox made a mistake.',
    remedy: 'Go on; report this fault.',
  },
});
