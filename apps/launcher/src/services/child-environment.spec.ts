import { readLauncherSettings } from '../settings/launcher-settings';
import { apiEnvironment, workerEnvironment, type ChildFacts } from './child-environment';

const urls = Object.fromEntries(
  ['owner', 'app', 'accept', 'dispatcher', 'operator', 'queue'].map((role) => [role, `postgres://hub_${role}@db/hub`]),
) as ChildFacts['databaseUrls'];

function facts(variables: Record<string, string> = {}, queue?: ChildFacts['queue']): ChildFacts {
  const settings = readLauncherSettings('/srv', variables);
  if (!settings.ok) throw new Error('settings');
  const redis = { kind: 'redis', url: 'redis://:x@127.0.0.1:6400/0' } as const;
  return {
    settings: settings.value,
    databaseUrls: urls,
    queue: queue ?? redis,
    masterKeys: 'k1:AAAA',
    auditSigningKey: 'BBBB',
    oauthAppsFile: '/srv/.hub/oauth-apps.json',
    objectsFolder: '/srv/.hub/objects',
  };
}

describe('environment of the children', () => {
  it('gives the API its own roles, loopback egress and nothing of the worker', () => {
    expect(apiEnvironment(facts())).toEqual({
      HUB_HOST: '127.0.0.1',
      HUB_PORT: '3000',
      HUB_METRICS_PORT: '3001',
      HUB_PUBLIC_URL: 'http://127.0.0.1:3000',
      HUB_DB_APP_URL: urls.app,
      HUB_DB_ACCEPT_URL: urls.accept,
      HUB_DB_OPERATOR_URL: urls.operator,
      REDIS_URL: 'redis://:x@127.0.0.1:6400/0',
      HUB_MASTER_KEYS: 'k1:AAAA',
      HUB_OAUTH_APPS_FILE: '/srv/.hub/oauth-apps.json',
      HUB_OBJECT_STORE: 'folder:/srv/.hub/objects',
      HUB_EGRESS_ALLOW: '127.0.0.0/8,::1/128',
      HUB_LOG_LEVEL: 'info',
      HUB_EXIT_WITH_PARENT: 'true',
    });
  });

  it('gives the worker the dispatcher and a metrics port of its own', () => {
    const environment = workerEnvironment(facts());
    expect(environment).toMatchObject({
      HUB_METRICS_PORT: '3002',
      HUB_DB_DISPATCHER_URL: urls.dispatcher,
      HUB_AUDIT_SIGNING_KEY: 'BBBB',
      HUB_ALERT_EVERY_SECONDS: '10',
    });
    expect(environment).not.toHaveProperty('HUB_PORT');
    expect(environment).not.toHaveProperty('HUB_DB_OPERATOR_URL');
  });

  it('never hands out the owner', () => {
    for (const environment of [apiEnvironment(facts()), workerEnvironment(facts())]) {
      expect(JSON.stringify(environment)).not.toContain('hub_owner');
    }
  });

  it('names the queue of PostgreSQL where there is no Redis, and hands on traces and certificates', () => {
    const queue = { kind: 'postgres', url: urls.queue, schema: 'bullmq' } as const;
    const variables = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', NODE_EXTRA_CA_CERTS: '/etc/ca.pem' };
    const environment = workerEnvironment(facts(variables, queue));
    expect(environment).toMatchObject({ HUB_DB_QUEUE_URL: urls.queue, HUB_QUEUE_SCHEMA: 'bullmq', ...variables });
    expect(environment).not.toHaveProperty('REDIS_URL');
  });
});
