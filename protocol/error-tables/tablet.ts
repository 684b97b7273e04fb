import { defineErrors } from './definition.js';

/** 560 to 569: the tablet as a whole. */
export const TABLET_ERRORS = defineErrors({
  TABLET_OVER: {
    code: 560,
    message: 'tablet.over',
    recoverable: false,
    summary: 'This tablet was decommissioned.',
    remedy: 'End OneBox. Started again, it is set up as a new tablet.',
  },
});
