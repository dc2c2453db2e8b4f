import { setTimeout as delay } from 'node:timers/promises';
import { checkPortFree } from '@hub/local-services';
import { LauncherError } from '../launcher-error';
import { type PortUse } from '../settings/launcher-settings';

const INTERVAL_MS = 100;

/**
 * Looks at every port before anything is started, and names all that are taken.
 * @param patienceMs how long to wait for them: the children of a launcher that was just killed need a moment to end
 */
export async function assertPortsFree(ports: readonly PortUse[], patienceMs: number): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const taken: PortUse[] = [];
    for (const use of ports) if (!(await checkPortFree(use.port, use.purpose)).ok) taken.push(use);
    if (taken.length === 0) return;
    if (performance.now() >= deadline) throw portsTaken(taken);
    await delay(INTERVAL_MS);
  }
}

function portsTaken(taken: readonly PortUse[]): LauncherError {
  const list = taken.map(({ port, purpose }) => `${port} for ${purpose}`).join(', ');
  const variables = [...new Set(taken.map(({ variable }) => variable))];
  return new LauncherError(
    `${taken.length === 1 ? 'a port is' : 'ports are'} in use: ${list}`,
    `Stop what listens there, or choose ${taken.length === 1 ? 'another port' : 'other ports'} with ${variables.join(', ')}, for example ${variables[0]}=${suggestion(taken[0])}.`,
  );
}

function suggestion(use: PortUse | undefined): number {
  return use === undefined || use.port > 55_000 ? 20_000 : use.port + 100;
}
