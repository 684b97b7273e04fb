import * as z from 'zod';
import { DEVICE_CLASSES, expectPattern, glob, hexPrefix, name, service, usbId } from './manifest-fields.js';

/** How a device is recognised: by its advertisement, its cable, or the start of its file. */

/** All given conditions must hold. */
export const bleRule = z
  .strictObject({
    services: z.array(service).min(1).max(8).optional(),
    companyId: z.int().min(0).max(0xffff).optional(),
    /** Needs `companyId`: how the data after it start. */
    manufacturerData: hexPrefix.optional(),
    serviceData: z.strictObject({ service, prefix: hexPrefix }).optional(),
    /** Needs `serviceData`: where the end of the serial number stands in it, in ASCII. */
    serialTail: z.strictObject({ from: z.int().min(0).max(29), length: z.int().min(1).max(4) }).optional(),
    name: glob.optional(),
    /** For drivers of several classes: what this rule finds. */
    deviceClass: z.enum(DEVICE_CLASSES).optional(),
    /** Taken only where no other driver fits. */
    fallback: z.literal(true).optional(),
  })
  .refine((rule) => rule.serialTail === undefined || rule.serviceData !== undefined, {
    path: ['serialTail'],
    message: 'needs serviceData',
  })
  .refine((rule) => rule.manufacturerData === undefined || rule.companyId !== undefined, {
    path: ['manufacturerData'],
    message: 'needs companyId',
  })
  .refine(
    (rule) => rule.fallback || rule.services || rule.companyId !== undefined || rule.name || rule.serviceData,
    'a rule without a condition matches everything',
  );

const line = z.strictObject({
  baudRate: z.int().min(50).max(4_000_000),
  dataBits: z.union([z.literal(5), z.literal(6), z.literal(7), z.literal(8)]).default(8),
  stopBits: z.union([z.literal(1), z.literal(1.5), z.literal(2)]).default(1),
  parity: z.enum(['none', 'even', 'odd', 'mark', 'space']).default('none'),
  xon: z.boolean().default(false),
  xoff: z.boolean().default(false),
  rtscts: z.boolean().default(false),
});

export const serialRule = z
  .strictObject({
    usb: z.strictObject({ vendorId: usbId, productId: usbId.optional(), serial: glob.optional() }).optional(),
    /** Fits every port, as the user may say so. */
    anyPort: z.literal(true).optional(),
    line,
    /** What tells, once the port may be opened, that the device is there. */
    identify: z
      .discriminatedUnion('by', [
        z.strictObject({ by: z.literal('listen'), expect: expectPattern, withinMs: z.int().min(50).max(10_000) }),
        z.strictObject({
          by: z.literal('probe'),
          request: name,
          parameters: z.record(name, z.union([z.number(), z.string().max(512)])).default({}),
          expect: expectPattern,
          withinMs: z.int().min(50).max(10_000),
        }),
      ])
      .optional(),
    deviceClass: z.enum(DEVICE_CLASSES).optional(),
  })
  .refine((rule) => rule.usb !== undefined || rule.anyPort === true, 'a serial rule needs usb or anyPort');

/** A file is known by what stands near its start. */
export const fileRule = z.strictObject({
  contains: expectPattern,
  /** Bytes from the start in which it is looked for. */
  within: z.int().min(1).max(4096).default(4096),
  deviceClass: z.enum(DEVICE_CLASSES).optional(),
});
