import { setTimeout as delay } from 'node:timers/promises';
import { systemCode } from '@hub/local-services';
import { LauncherError } from '../launcher-error';
import { describeEnd, type ServiceRun } from '../supervisor/managed-service';

export interface ReadinessOptions {
  readonly name: string;
  /** Answers 200 once the service can be used. */
  readonly url: string;
  readonly logFile: string;
  /** Milliseconds; 60,000 when absent: a small machine that does everything at once takes its time. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 60_000;
const PROBE_MS = 2_000;
const INTERVAL_MS = 25;

/**
 * Waits until the service answers.
 * @throws LauncherError when it ends first, or not in time; in the latter case it has been stopped
 */
export async function waitUntilReady(run: ServiceRun, options: ReadinessOptions): Promise<void> {
  let ended = false;
  void run.exited.then(() => (ended = true));
  const deadline = performance.now() + (options.timeoutMs ?? TIMEOUT_MS);
  for (;;) {
    const answer = await probe(options.url);
    if (ended) throw await endedWhileStarting(run, options);
    if (answer === null) return;
    if (performance.now() >= deadline) {
      await run.stop();
      throw new LauncherError(
        `${options.name} is not ready after ${(options.timeoutMs ?? TIMEOUT_MS) / 1000} s: ${answer}`,
        `Its log says more: ${options.logFile}`,
      );
    }
    await delay(INTERVAL_MS);
  }
}

async function endedWhileStarting(run: ServiceRun, { name, logFile }: ReadinessOptions): Promise<LauncherError> {
  const end = await run.exited;
  const lines = (await run.lastLines()).map((line) => `    ${line}`);
  const said = lines.length === 0 ? '' : `, after saying\n${lines.join('\n')}`;
  return new LauncherError(`${name} ${describeEnd(end)} while starting${said}`, `Its log says more: ${logFile}`);
}

/** Null when ready, else what is the matter. */
async function probe(url: string): Promise<string | null> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PROBE_MS), headers: { connection: 'close' } });
    const text = await response.text();
    return response.status === 200 ? null : `${response.status} ${text.slice(0, 500)}`;
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    return `no answer at ${url} (${systemCode(cause) ?? systemCode(error) ?? 'timeout'})`;
  }
}
