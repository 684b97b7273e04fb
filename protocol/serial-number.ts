/** How many characters of a serial number are compared. */
export const SERIAL_END = 4;

/**
 * The end of a serial number for comparing: four capital letters or digits; undefined where there are fewer. Signs and
 * blanks are left out: a device, its housing and a patient's device card print them as they like.
 */
export function serialEnd(text: string): string | undefined {
  const signs = text.replace(/[^0-9A-Za-z]/g, '').toUpperCase();
  return signs.length < SERIAL_END ? undefined : signs.slice(-SERIAL_END);
}
