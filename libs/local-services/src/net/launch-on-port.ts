import { assertPortFree, findFreePort, portInUse } from './ports';

const ATTEMPTS = 3;

/**
 * Starts a server on `wanted`, or for 0 on a free port, of which others are tried when somebody else is quicker.
 * @param tryPort gives null when the server ended because the port was taken in the meantime
 * @throws LocalServiceError `PORT_IN_USE` or `INVALID_OPTION`
 */
export async function launchOnPort<T>(
  name: string,
  wanted: number,
  tryPort: (port: number) => Promise<T | null>,
): Promise<T> {
  const attempts = wanted === 0 ? ATTEMPTS : 1;
  let port = wanted;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    port = wanted === 0 ? await findFreePort() : wanted;
    await assertPortFree(port, name);
    const ready = await tryPort(port);
    if (ready !== null) return ready;
  }
  throw portInUse(port, name);
}
