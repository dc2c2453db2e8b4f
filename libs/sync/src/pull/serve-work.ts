import { type PullObjectManifest } from '@hub/connector-sdk';
import { type JsonObject } from '@hub/platform';
import { type RecordScope } from './pull.ports';
import { type PullLease, type PullWork } from './pull-store.port';
import { type PullConnection } from './puller.ports';
import { serveMissing } from './serve-missing';
import { serveNotices } from './serve-notices';
import { failed, type ServedWork, type Serving } from './served-work';
import { takeRecords, type PipelineDependencies } from './record-pipeline';

/** Does one unit of work up to the point where only the store has to be told. */
export async function serve(
  dependencies: PipelineDependencies,
  lease: PullLease,
  work: PullWork,
  connection: PullConnection,
  signal: AbortSignal,
): Promise<ServedWork> {
  const { sync, run } = work;
  const manifest = connection.object(sync.object);
  if (manifest === undefined) return failed('config', 'object_not_pulled', `"${sync.object}" cannot be pulled.`);
  const scope = scopeOf(lease, connection, manifest);
  const serving: Serving = { dependencies, connection, scope, sync, run, signal };
  if (work.kind === 'notices') return serveNotices(serving, work.notices);
  return run.phase === 'missing' ? serveMissing(serving) : servePage(serving);
}

async function servePage(serving: Serving): Promise<ServedWork> {
  const { dependencies, connection, scope, sync, run, signal } = serving;
  const { mode, cursor, since } = run;
  const page = await connection.pull({ object: sync.object, mode, cursor, since }, signal);
  if (!page.ok) return { kind: 'failed', error: page.error };
  const { records, cursor: next, done, needsListing = false } = page.value;
  if (!done && records.length === 0 && isSame(cursor, next)) {
    return failed('config', 'cursor_stands_still', 'The connector says that there is more, but moves no further.');
  }
  const counts = await takeRecords(dependencies, scope, connection, serving, records);
  if (!counts.ok) return { kind: 'failed', error: counts.error };
  const listed = done && mode === 'full';
  return {
    kind: 'page',
    done: {
      counts: counts.value,
      cursor: next,
      phase: listed ? 'missing' : 'listing',
      missingAfter: null,
      runDone: done && !listed,
      needsListing: done && !listed && needsListing,
    },
  };
}

function scopeOf(lease: PullLease, connection: PullConnection, manifest: PullObjectManifest): RecordScope {
  return {
    tenantId: lease.target.tenantId,
    connectionId: lease.target.connectionId,
    connectorId: connection.connectorId,
    object: manifest.name,
    canonicalType: manifest.canonicalType,
    volatileFields: manifest.volatileFields,
    readAt: new Date(),
  };
}

function isSame(a: JsonObject | null, b: JsonObject): boolean {
  return a !== null && JSON.stringify(a) === JSON.stringify(b);
}
