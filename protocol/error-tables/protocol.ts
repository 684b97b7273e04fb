import { defineErrors } from './definition.js';

/** 2xx: protocol. */
export const PROTOCOL_ERRORS = defineErrors({
  PROTOCOL_DECODE: {
    code: 201,
    message: 'proto.decode',
    recoverable: false,
    summary: 'A message could not be decoded.',
    remedy: 'Keep the recording and report it.',
  },
  PROTOCOL_INVALID: {
    code: 202,
    message: 'proto.invalid',
    recoverable: false,
    summary: 'A message breaks a rule of onebox.v1.',
    remedy: 'Keep the recording and report it to the author of the driver.',
  },
  PROTOCOL_VERSION: {
    code: 203,
    message: 'proto.version',
    recoverable: false,
    summary: 'The device or file speaks a version that is not known.',
    remedy: 'Update OneBox.',
  },
  DECIMAL_INVALID: {
    code: 204,
    message: 'proto.decimal',
    recoverable: false,
    summary: 'A number is not a decimal number within range.',
    remedy: 'Report it to the author of the driver.',
  },
  UNIT_UNKNOWN: {
    code: 205,
    message: 'proto.unit',
    recoverable: false,
    summary: 'A unit is not a known UCUM unit.',
    remedy: 'Report it to the author of the driver.',
  },
  FRAME_BROKEN: {
    code: 206,
    message: 'proto.frame',
    recoverable: true,
    summary: 'A frame is damaged.',
    remedy: 'Read again.',
  },
  MESSAGE_TOO_LARGE: {
    code: 207,
    message: 'proto.size',
    recoverable: false,
    summary: 'A message is larger than allowed.',
    remedy: 'Report it to the author of the driver.',
  },
});
