import { OneBoxError } from '@onebox/protocol/errors.js';
import * as z from 'zod';
import { parseTemplate } from './template.js';

/** What single fields of a manifest may hold. */

export const DEVICE_CLASSES = [
  'pacemaker',
  'icd',
  'crt-p',
  'crt-d',
  'loop-recorder',
  'lvad',
  'insulin-pump',
  'cgm',
  'neurostimulator',
  'intrathecal-pump',
  'cochlear-implant',
  'pulse-oximeter',
  'blood-pressure-monitor',
  'thermometer',
  'heart-rate-monitor',
  'glucose-meter',
  'scale',
  'generic',
] as const;
/** In the order of `DeviceClass` in finding.proto, from 1. */
export type DeviceClassName = (typeof DEVICE_CLASSES)[number];

export const service = z
  .string()
  .regex(/^(?:[0-9A-F]{4}|[0-9A-F]{32})$/, 'a service UUID has 4 or 32 upper-case hex digits');
export const channel = z
  .string()
  .regex(
    /^(?:line|(?:(?:[0-9A-F]{4}|[0-9A-F]{32})\/)?(?:[0-9A-F]{4}|[0-9A-F]{32}))$/,
    'a channel is `line`, a characteristic or service/characteristic, in upper-case hex',
  );
export const usbId = z.string().regex(/^[0-9a-f]{4}$/, 'a USB id has 4 lower-case hex digits');
export const hexPrefix = z.string().regex(/^(?:[0-9A-F]{2}){1,24}$/, 'upper-case hex bytes without blanks');
export const name = z
  .string()
  .regex(/^[a-z][A-Za-z0-9]{0,31}$/, 'a name starts with a small letter and has letters and digits only');
export const glob = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[\x20-\x7e]*$/, 'printable ASCII only')
  .refine((text) => (text.match(/\*/g)?.length ?? 0) <= 4, 'at most four *')
  .refine((text) => /[^*?#]/.test(text), 'at least one literal character');
export const bytePattern = z
  .string()
  .max(2048)
  .superRefine((pattern, context) => {
    try {
      parseTemplate(pattern);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof OneBoxError ? error.detail : 'not a byte pattern' });
    }
  });
/** Fixed bytes with `..` for any byte, looked for anywhere in what the device says. */
export const expectPattern = z
  .string()
  .regex(/^(?:[0-9A-F]{2}|\.\.)(?: (?:[0-9A-F]{2}|\.\.)){0,63}$/, 'upper-case hex bytes or .. with one blank between');
