import type { TemplatePart } from '@onebox/driver-sdk/template.js';

/**
 * Writes of Bluetooth SIG services that change a device: what a reader never sends. From the GATT Specification
 * Supplement and the services named.
 */

/** Every write to these changes something. */
const SETTERS: Readonly<Record<string, string>> = {
  '2A00': 'sets the name of the device (GAP)',
  '2A06': 'sounds an alert (Immediate Alert Service)',
  '2A08': 'sets the clock',
  '2A0F': 'sets the clock (local time)',
  '2A16': 'starts an update of the clock (Reference Time Update Service)',
  '2A2B': 'sets the clock (Current Time Service)',
  '2A39': 'resets the energy that was counted (Heart Rate Service)',
  '2A9F': 'changes the users of the device (User Data Service)',
  '2B25': 'commands the insulin pump (Insulin Delivery Service, command control point)',
};

/** Op codes (first byte) of control points that change something; the others read. */
const COMMANDS: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  '2A52': { 2: 'deletes stored records (Record Access Control Point)' },
  '2AAC': {
    1: 'sets the interval of the sensor (CGM Specific Ops)',
    4: 'calibrates the sensor (CGM Specific Ops)',
    7: 'sets an alert (CGM Specific Ops)',
    10: 'sets an alert (CGM Specific Ops)',
    13: 'sets an alert (CGM Specific Ops)',
    16: 'sets an alert (CGM Specific Ops)',
    19: 'sets an alert (CGM Specific Ops)',
    22: 'sets an alert (CGM Specific Ops)',
    25: 'resets an alert (CGM Specific Ops)',
    26: 'starts a session of the sensor (CGM Specific Ops)',
    27: 'stops the session of the sensor (CGM Specific Ops)',
  },
};

/** What a write is known to change; undefined when nothing is known of it. */
export function changes(channel: string, parts: readonly TemplatePart[]): string | undefined {
  const characteristic = channel.split('/').at(-1) ?? '';
  const setter = SETTERS[characteristic];
  if (setter) return setter;
  const commands = COMMANDS[characteristic];
  if (!commands) return undefined;
  const [first] = parts;
  if (first instanceof Uint8Array) return commands[first[0] ?? 0];
  // The op code itself is open: what it allows counts.
  const least = first?.type === 'u8' ? first.min : 0;
  const most = first?.type === 'u8' ? first.max : 255;
  const open = Object.entries(commands).find(([op]) => Number(op) >= least && Number(op) <= most);
  return open && `leaves the op code open, and one ${open[1]}`;
}
