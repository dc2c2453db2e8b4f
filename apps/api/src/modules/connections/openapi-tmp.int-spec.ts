import { randomBytes } from 'node:crypto';
import { createTestDatabase } from '@hub/testing';
import { createApp } from '../../create-app';
import { apiSettings } from '../../settings';
it('boots', async () => {
  const database = await createTestDatabase();
  const s = apiSettings.parse({
    HUB_DB_APP_URL: database.urls.app,
    HUB_DB_ACCEPT_URL: database.urls.accept,
    HUB_DB_OPERATOR_URL: database.urls.operator,
    HUB_MASTER_KEYS: 'k1:' + randomBytes(32).toString('base64'),
    HUB_DB_QUEUE_URL: database.urls.queue,
    HUB_LOG_LEVEL: 'silent',
  });
  const app = await createApp(s);
  const r = await app.inject({ method: 'GET', url: '/openapi.json' });
  require('fs').writeFileSync('/tmp/cfg-helper/openapi.json', r.body);
  console.log(r.statusCode);
  await app.close();
  await database.close();
}, 60000);
