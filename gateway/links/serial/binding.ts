import { read as readCallback } from 'node:fs';
import { promisify } from 'node:util';
import type { SerialPort } from 'serialport';

const read = promisify(readCallback);

type Binding = typeof SerialPort.binding;

/** The parts of a port of serialport's Linux and macOS bindings that its own reading uses. */
interface UnixPort {
  readonly fd: number | null;
  readonly isOpen: boolean;
  readonly poller: { once(event: 'readable', ready: (error: Error | null) => void): void };
  read(buffer: Buffer, offset: number, length: number): Promise<{ bytesRead: number; buffer: Buffer }>;
}

const again = (error: unknown): boolean => {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EAGAIN' || code === 'EWOULDBLOCK' || code === 'EINTR';
};

const failure = (message: string, flags: object): Error => Object.assign(new Error(message), flags);

/**
 * serialport reads on for ever, at full load, when the cable is pulled while a read is under way: a line that is gone
 * gives zero octets at every read. serialport opens lines so that a read never gives zero octets otherwise (VMIN 1).
 */
export function withHangUp(binding: Binding): Binding {
  if (process.platform === 'win32') return binding;
  return {
    list: () => binding.list(),
    async open(...options: Parameters<Binding['open']>) {
      const port = await binding.open(...options);
      const unix = port as unknown as UnixPort;
      unix.read = (buffer, offset, length) => readUntilHangUp(unix, buffer, offset, length);
      return port;
    },
  } as Binding;
}

async function readUntilHangUp(port: UnixPort, buffer: Buffer, offset: number, length: number) {
  for (;;) {
    if (!port.isOpen || port.fd === null) throw failure('Port is not open', { canceled: true });
    try {
      const { bytesRead } = await read(port.fd, buffer, offset, length, null);
      if (bytesRead > 0) return { bytesRead, buffer };
    } catch (error) {
      if (!again(error)) throw Object.assign(error as Error, { disconnect: true });
      await new Promise<void>((resolve, reject) => {
        port.poller.once('readable', (failed) => (failed ? reject(failed) : resolve()));
      });
      continue;
    }
    throw failure('The line hung up', { disconnect: true });
  }
}
