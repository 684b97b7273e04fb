import { isOneBoxError, OneBoxError } from '@onebox/protocol/errors.js';

/**
 * What serialport's texts mean; it has no codes. Linux and macOS hand on the texts of the system, Windows its own
 * ("Access denied" is what it says when another program has the port).
 */
export function serialError(error: unknown, path: string): OneBoxError {
  if (isOneBoxError(error)) return error;
  const { message = '', disconnected } = error as { message?: string; disconnected?: boolean };
  const make = (kind: OneBoxError['kind']): OneBoxError => new OneBoxError(kind, path, {}, { cause: error });
  if (
    disconnected === true ||
    /device not configured|i\/o error|input\/output error|no such device or address/i.test(message)
  )
    return make('SERIAL_UNPLUGGED');
  if (/cannot lock port|temporarily unavailable|resource busy|access denied/i.test(message)) return make('SERIAL_BUSY');
  if (/permission denied|not permitted/i.test(message)) return make('SERIAL_DENIED');
  if (/no such file|file not found|no such device|is a directory|inappropriate ioctl/i.test(message))
    return make('SERIAL_NOT_FOUND');
  return new OneBoxError('LINK_FAILED', `${path}: ${message.slice(0, 120)}`, {}, { cause: error });
}
