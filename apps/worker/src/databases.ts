import { assertRoleIsConfined, Database } from '@hub/database';
import { type Logger } from '@hub/platform';
import { WHOLE_DAY_TIMEOUT_MS } from './archive/start-archive';
import { type WorkerSettings } from './settings';

export interface WorkerDatabases {
  /** The drains' pool. */
  readonly app: Database;
  readonly dispatcher: Database;
  /** For the events that pulls make. */
  readonly accept: Database;
  /** Apart from the drains' pool, so that neither waits for the other; its plans are made for what the figures are. */
  readonly watching: Database;
  close(): Promise<void>;
}

/** @throws when a login may do more than its role: such a worker must not start. */
export async function openDatabases(settings: WorkerSettings, logger: Logger): Promise<WorkerDatabases> {
  const app = new Database({
    url: settings.HUB_DB_APP_URL,
    poolSize: settings.HUB_DB_POOL_SIZE,
    applicationName: 'hub-worker',
    fixedPlans: true,
    logger,
  });
  const dispatcher = new Database({
    url: settings.HUB_DB_DISPATCHER_URL,
    poolSize: 2,
    applicationName: 'hub-worker-dispatcher',
    logger,
  });
  const accept = new Database({
    url: settings.HUB_DB_ACCEPT_URL,
    poolSize: 4,
    applicationName: 'hub-worker-accept',
    logger,
  });
  const watching = new Database({
    url: settings.HUB_DB_APP_URL,
    poolSize: 3,
    applicationName: 'hub-worker-alerts',
    logger,
  });
  const all = [app, dispatcher, accept, watching];
  for (const database of all) await assertRoleIsConfined(database);
  return {
    app,
    dispatcher,
    accept,
    watching,
    async close() {
      await Promise.all(all.map((database) => database.close()));
    },
  };
}

/** Of the archive's own: it closes them. */
export function openArchiveDatabases(
  settings: WorkerSettings,
  logger: Logger,
): { readonly app: Database; readonly dispatcher: Database } {
  return {
    app: new Database({
      url: settings.HUB_DB_APP_URL,
      poolSize: 2,
      applicationName: 'hub-worker-archive',
      logger,
    }),
    dispatcher: new Database({
      url: settings.HUB_DB_DISPATCHER_URL,
      poolSize: 2,
      applicationName: 'hub-worker-archive-dispatcher',
      statementTimeoutMs: WHOLE_DAY_TIMEOUT_MS,
      logger,
    }),
  };
}
