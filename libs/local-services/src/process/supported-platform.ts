import { LocalServiceError } from '../errors/local-service.error';

/**
 * Orderly shutdown rests on POSIX signals, which Windows does not have: ending a server there would mean
 * killing it, and with that the promise that data are closed cleanly.
 * @throws LocalServiceError `PLATFORM_UNSUPPORTED`
 */
export function assertSupportedPlatform(service: string): void {
  if (process.platform !== 'win32') return;
  throw new LocalServiceError(
    'PLATFORM_UNSUPPORTED',
    `${service} cannot be started from here on Windows`,
    'Run the hub inside WSL, or give DATABASE_URL (and REDIS_URL) of servers that are already running.',
  );
}
