import { randomBytes } from 'node:crypto';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { parseSettings } from '@hub/platform';
import { readServices, type TestDatabase } from '@hub/testing';
import { createApp } from '../../apps/api/src/create-app';
import { apiSettings } from '../../apps/api/src/settings';

/**
 * The API in this process, with all its routes, ready to be asked.
 * @param redisDatabase one that no other suite takes its limits from at the same time
 */
export async function openWholeApi(database: TestDatabase, redisDatabase: number): Promise<NestFastifyApplication> {
  const settings = parseSettings(apiSettings, {
    HUB_HOST: '127.0.0.1',
    HUB_DB_APP_URL: database.urls.app,
    HUB_DB_ACCEPT_URL: database.urls.accept,
    HUB_DB_OPERATOR_URL: database.urls.operator,
    HUB_MASTER_KEYS: `test:${randomBytes(32).toString('base64')}`,
    HUB_LOG_LEVEL: 'fatal',
    REDIS_URL: `${readServices().redisUrl.replace(/\/\d+$/, '')}/${redisDatabase}`,
  });
  if (!settings.ok) throw new Error(settings.error.join('\n'));
  const app = await createApp(settings.value);
  await app.getHttpAdapter().getInstance().ready();
  return app;
}
