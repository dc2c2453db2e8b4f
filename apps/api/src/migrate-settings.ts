import { z } from 'zod';
import { databaseUrlSetting, queueSchemaSetting } from '@hub/platform';

const password = z.string().min(12);

/** Settings of the migrate job: run it once before each deployment of API and worker. */
export const migrateSettings = z.object({
  /** A login that may create roles and databases. */
  HUB_DB_ADMIN_URL: databaseUrlSetting,
  HUB_DB_NAME: z
    .string()
    .regex(/^[a-z_][a-z0-9_]*$/)
    .default('hub'),
  HUB_DB_OWNER_PASSWORD: password,
  HUB_DB_APP_PASSWORD: password,
  HUB_DB_ACCEPT_PASSWORD: password,
  HUB_DB_DISPATCHER_PASSWORD: password,
  HUB_DB_OPERATOR_PASSWORD: password,
  HUB_DB_QUEUE_PASSWORD: password,
  /** Also bring the PostgreSQL queue's tables up to date; not needed with Redis. */
  HUB_QUEUE_ON_POSTGRES: z.enum(['true', 'false']).default('false'),
  HUB_QUEUE_SCHEMA: queueSchemaSetting,
});
