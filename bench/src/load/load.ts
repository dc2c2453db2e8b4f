import { setTimeout as delay } from 'node:timers/promises';
import { RequestTemplate } from './events';
import { HttpConnection } from './http-connection';
import { Latencies } from './latencies';

export interface LoadResult {
  readonly requests: number;
  readonly events: number;
  /** Wall time from the first request to the last answer. */
  readonly seconds: number;
  /** Answers that are no 2xx, broken connections among them. */
  readonly failures: number;
  readonly statuses: Readonly<Record<number, number>>;
  readonly latencies: Latencies;
}

class Tally {
  readonly latencies = new Latencies();
  readonly statuses: Record<number, number> = {};
  private readonly startedMs = performance.now();
  private requests = 0;
  private failures = 0;

  answered(status: number, latencyMs: number): void {
    this.requests++;
    this.statuses[status] = (this.statuses[status] ?? 0) + 1;
    if (status < 200 || status > 299) this.failures++;
    this.latencies.add(latencyMs);
  }

  result(template: RequestTemplate): LoadResult {
    const { requests, failures, statuses, latencies } = this;
    const seconds = (performance.now() - this.startedMs) / 1_000;
    return { requests, failures, statuses, latencies, seconds, events: (requests - failures) * template.events };
  }
}

export interface ClosedLoop {
  readonly url: string;
  /** Several take turns, request by request; all of them hold as many events. */
  readonly template: RequestTemplate | readonly RequestTemplate[];
  readonly connections: number;
  /** Whichever comes first. */
  readonly seconds?: number;
  readonly requests?: number;
  /** Number of the first event, so that two runs of one template do not repeat ids. */
  readonly firstNumber?: number;
}

/** Every connection sends its next request when the last one is answered: what the server can do at most. */
export async function closedLoop(options: ClosedLoop): Promise<LoadResult> {
  const { template: given, url } = options;
  const templates = given instanceof RequestTemplate ? [given] : given;
  const [template] = templates;
  if (template === undefined) throw new Error('there is nothing to send');
  const connections = await openAll(url, options.connections);
  const tally = new Tally();
  const endMs = performance.now() + (options.seconds ?? Infinity) * 1_000;
  const most = options.requests ?? Infinity;
  let sent = 0;
  await Promise.all(
    connections.map(
      (connection) =>
        new Promise<void>((resolve) => {
          const own = template.copy();
          const next = (): void => {
            const startedMs = performance.now();
            if (startedMs >= endMs || sent >= most) return resolve();
            const turn = templates[sent % templates.length] ?? template;
            const request = templates.length === 1 ? own : turn.copy();
            turn.number(request, (options.firstNumber ?? 0) + sent++ * template.events);
            connection.send(request, (status) => {
              tally.answered(status, performance.now() - startedMs);
              if (status === 0) resolve();
              else next();
            });
          };
          next();
        }),
    ),
  );
  connections.forEach((connection) => connection.close());
  return tally.result(template);
}

export interface OpenLoop {
  readonly url: string;
  readonly template: RequestTemplate;
  readonly perSecond: number;
  readonly seconds: number;
  readonly firstNumber?: number;
  readonly onSend?: (number: number, atNs: bigint) => void;
}

/**
 * Sends by the clock, whether earlier answers came or not, as senders out there do. Latencies count from the moment a
 * request was due, so a server that stalls cannot hide it by slowing the generator down.
 */
export async function openLoop(options: OpenLoop): Promise<LoadResult> {
  const { template, perSecond } = options;
  const idle = (await openAll(options.url, Math.max(8, Math.min(128, perSecond)))).map((connection) => ({
    connection,
    request: template.copy(),
  }));
  const everyone = [...idle];
  const tally = new Tally();
  const total = perSecond * options.seconds;
  const startMs = performance.now() + 20;
  const dueMs = (index: number): number => startMs + (index * 1_000) / perSecond;
  let answered = 0;
  let next = 0;
  const sendDue = (): void => {
    while (next < total && dueMs(next) <= performance.now()) {
      const free = idle.pop();
      if (free === undefined) return;
      const index = next++;
      const number = (options.firstNumber ?? 0) + index * template.events;
      template.number(free.request, number);
      options.onSend?.(number, process.hrtime.bigint());
      free.connection.send(free.request, (status) => {
        answered++;
        tally.answered(status, performance.now() - dueMs(index));
        idle.push(free);
        sendDue();
      });
    }
  };
  while (answered < total) {
    sendDue();
    await delay(next < total ? Math.max(1, Math.floor(dueMs(next) - performance.now())) : 1);
  }
  everyone.forEach(({ connection }) => connection.close());
  return tally.result(template);
}

function openAll(url: string, count: number): Promise<HttpConnection[]> {
  return Promise.all(Array.from({ length: count }, () => HttpConnection.open(url)));
}
