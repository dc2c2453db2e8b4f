import { createServer, type AddressInfo } from 'node:net';
import { err, ok, type Result } from '@hub/platform';
import { LocalServiceError, systemCode } from '../errors/local-service.error';

export const LOOPBACK = '127.0.0.1';

/** Binding is the only honest test: a connect probe misses ports that are bound but not yet listening. */
function tryBind(port: number): Promise<Result<number, string>> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(err(systemCode(error) ?? error.message)));
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => {
      const bound = (server.address() as AddressInfo).port;
      server.close(() => resolve(ok(bound)));
    });
  });
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}

/**
 * Whether `port` on 127.0.0.1 can be bound now, as a value.
 * @param name who needs the port, named in the error ("Postgres", "the API")
 */
export async function checkPortFree(port: number, name: string): Promise<Result<void, LocalServiceError>> {
  if (!isPort(port)) {
    return err(
      new LocalServiceError('INVALID_OPTION', `${name}: ${port} is not a port`, 'Choose a port from 1 to 65535.'),
    );
  }
  const bound = await tryBind(port);
  if (bound.ok) return ok(undefined);
  if (bound.error === 'EACCES') {
    return err(
      new LocalServiceError(
        'PORT_IN_USE',
        `port ${port} may not be opened by this user, but ${name} needs it`,
        `Choose a port above 1023 for ${name}.`,
      ),
    );
  }
  return err(portInUse(port, name));
}

export function portInUse(port: number, name: string): LocalServiceError {
  return new LocalServiceError(
    'PORT_IN_USE',
    `port ${port} is in use, but ${name} needs it`,
    `Stop the program that listens on port ${port}, or choose another port for ${name}.`,
  );
}

/**
 * Like {@link checkPortFree}, for callers that cannot go on without the port.
 * @throws LocalServiceError `PORT_IN_USE` or `INVALID_OPTION`
 */
export async function assertPortFree(port: number, name: string): Promise<void> {
  const free = await checkPortFree(port, name);
  if (!free.ok) throw free.error;
}

/**
 * `preferred` when it can be bound, otherwise a port the system picked.
 * The port is free at the time of the answer only: whoever binds it must expect to lose the race.
 */
export async function findFreePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && isPort(preferred) && (await tryBind(preferred)).ok) return preferred;
  const bound = await tryBind(0);
  if (bound.ok) return bound.value;
  throw new LocalServiceError(
    'PORT_IN_USE',
    `no free port on ${LOOPBACK} (${bound.error})`,
    'Close programs that hold many connections, or widen the range of local ports.',
  );
}
