import { Injectable, Inject } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import {
  type ConnectionTestReport,
  type ConnectorContext,
  type ConnectorError,
  type FieldSummary,
  type ObjectSummary,
} from '@hub/connector-sdk';
import { err, notFound, ok, problem, type Problem, type Result } from '@hub/platform';
import { ConnectionCaller, type ReadyConnection } from './connection-caller.service';

export interface ConnectionTest {
  readonly outcome: Result<ConnectionTestReport, ConnectorError>;
  readonly durationMs: number;
}

type Described = readonly ObjectSummary[] | readonly FieldSummary[];

const CACHE_MS = 5 * 60_000;
/** A large object has thousands of fields: bounded by how many there are, not by how many calls. */
const MOST_CACHED_ITEMS = 200_000;
/** What any vendor calls an object. Anything else would end up as a path of the connector's making. */
const OBJECT_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}$/;

/** Tries a connection out and looks at what the vendor offers behind it. */
@Injectable()
export class ConnectionExplorer {
  private readonly cache = new LRUCache<string, Described>({
    maxSize: MOST_CACHED_ITEMS,
    sizeCalculation: (described) => described.length + 1,
    ttl: CACHE_MS,
  });

  constructor(@Inject(ConnectionCaller) private readonly caller: ConnectionCaller) {}

  /** What the vendor answers is the result; a problem is about the connection itself. */
  async test(tenantId: string, connectionId: string): Promise<Result<ConnectionTest, Problem>> {
    const ready = await this.caller.ready(tenantId, connectionId);
    if (!ready.ok) return ready;
    const started = performance.now();
    const outcome = await this.caller.call(tenantId, ready.value, (context) =>
      ready.value.connector.testConnection(context),
    );
    return ok({ outcome, durationMs: Math.round(performance.now() - started) });
  }

  async objects(tenantId: string, connectionId: string): Promise<Result<readonly ObjectSummary[], Problem>> {
    const ready = await this.caller.ready(tenantId, connectionId);
    if (!ready.ok) return ready;
    const { connector } = ready.value;
    if (connector.describeObjects === undefined) return err(notSupported());
    return this.described(
      tenantId,
      ready.value,
      '',
      async (context) => (await connector.describeObjects?.(context)) ?? ok([]),
    );
  }

  async fields(
    tenantId: string,
    connectionId: string,
    object: string,
  ): Promise<Result<readonly FieldSummary[], Problem>> {
    const ready = await this.caller.ready(tenantId, connectionId);
    if (!ready.ok) return ready;
    const { connector } = ready.value;
    if (connector.describeFields === undefined) return err(notSupported());
    if (!OBJECT_NAME.test(object)) return err(notFound('object'));
    return this.described(
      tenantId,
      ready.value,
      object,
      async (context) => (await connector.describeFields?.(context, object)) ?? ok([]),
    );
  }

  /** The revision is part of the key: other credentials may see other objects. */
  private async described<T extends Described>(
    tenantId: string,
    ready: ReadyConnection,
    object: string,
    describe: (context: ConnectorContext) => Promise<Result<T, ConnectorError>>,
  ): Promise<Result<T, Problem>> {
    const { connectionId, revision } = ready.opened;
    const key = `${tenantId} ${connectionId} ${revision} ${object}`;
    const cached = this.cache.get(key);
    if (cached !== undefined) return ok(cached as T);
    const answer = await this.caller.call(tenantId, ready, describe);
    if (!answer.ok) return err(problemOfVendor(answer.error));
    this.cache.set(key, answer.value);
    return answer;
  }
}

function notSupported(): Problem {
  return problem('conflict', 'not_supported', 'The connector of this connection cannot describe objects.');
}

/** What a person can mend is 409, what time mends is 503. */
function problemOfVendor(error: ConnectorError): Problem {
  const extra = { category: error.category, vendor_code: error.code };
  switch (error.category) {
    case 'not_found':
      return problem('not_found', 'not_found', error.message, { extra });
    case 'transient':
    case 'rate_limited':
    case 'concurrency':
    case 'unknown_outcome':
    case 'stale':
      return problem('unavailable', 'vendor_unavailable', error.message, {
        extra,
        retryAfterSeconds: Math.max(1, Math.ceil((error.retryAfterMs ?? 5_000) / 1_000)),
      });
    case 'auth_expired':
    case 'auth_revoked':
    case 'permission':
    case 'validation':
    case 'duplicate':
    case 'config':
    case 'too_large':
      return problem('conflict', 'vendor_refused', error.message, { extra });
  }
}
