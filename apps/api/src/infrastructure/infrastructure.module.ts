import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { ConnectionOpener, CredentialVault } from '@hub/connections';
import { createRegistry, type ConnectorRegistry } from '@hub/connector-sdk';
import { createProviders } from '@hub/connector-providers';
import { Database, DatabaseClock } from '@hub/database';
import { AcceptBatch, FilterGate } from '@hub/delivery';
import { createMappingEngine, type MappingEngine } from '@hub/mapping-engine';
import {
  connectImpatiently,
  createLogger,
  createSafeHttp,
  DrainBell,
  HUB_USER_AGENT,
  openKeyring,
  type Keyring,
  queueBackendFrom,
  type ClosableSafeHttp,
  type Logger,
} from '@hub/platform';
import {
  ApiKeyAuthenticator,
  MemoryRateLimiter,
  OperatorAuthenticator,
  RedisRateLimiter,
  SessionAuthenticator,
  TenantDb,
  type RateLimiter,
} from '@hub/tenancy';
import { FailedRequestLimit } from '../http/failed-request-limit';
import { RateLimits } from '../http/rate-limits';
import { PayloadReadRecorder } from '../http/payload-read-recorder';
import { RefusalRecorder } from '../http/refusal-recorder';
import { ApiMetrics } from '../modules/metrics/api-metrics';
import { UsageMeter } from '../modules/usage/usage-meter';
import { processesSharingLimits } from '../processes/process-count';
import { type ApiSettings } from '../settings';
import {
  ACCEPT_DATABASE,
  APP_DATABASE,
  AUTH_DATABASE,
  CONNECTOR_REGISTRY,
  KEYRING,
  LOGGER,
  MAPPING_ENGINE,
  OPERATOR_DATABASE,
  RATE_LIMITER,
  SAFE_HTTP,
  SEARCH_DATABASE,
  SEARCH_TENANTS,
  SETTINGS,
} from '../tokens';
import { CONNECTION_EXPORTS, CONNECTION_PROVIDERS } from './connection-providers';
import { SessionAccess } from '../http/session-access';
import { KeyUsage } from './key-usage';
import { MappingFilterEvaluator } from './mapping-filter-evaluator';

/**
 * Connections of each pool besides the app's own, which is a setting. Looking up keys, accepting and searching have one
 * each: however slow the searches, whoever sends an event finds a connection free.
 */
const POOL_SIZES = { ACCEPT: 4, AUTH: 2, SEARCH: 4, OPERATOR: 4 } as const;

const database = (pool: 'APP' | keyof typeof POOL_SIZES) => (settings: ApiSettings, logger: Logger) => {
  const role = pool === 'AUTH' || pool === 'SEARCH' ? 'APP' : pool;
  return new Database({
    url: settings[`HUB_DB_${role}_URL`],
    poolSize: pool === 'APP' ? settings.HUB_DB_POOL_SIZE : POOL_SIZES[pool],
    applicationName: `hub-api-${pool.toLowerCase()}`,
    logger,
  });
};

/** Everything that the API's features stand on, made once from the settings and closed in order. */
@Global()
@Module({
  providers: [
    ApiMetrics,
    FailedRequestLimit,
    RateLimits,
    KeyUsage,
    PayloadReadRecorder,
    RefusalRecorder,
    UsageMeter,
    {
      provide: LOGGER,
      inject: [SETTINGS],
      useFactory: (settings: ApiSettings) => createLogger({ name: 'api', level: settings.HUB_LOG_LEVEL }),
    },
    { provide: APP_DATABASE, inject: [SETTINGS, LOGGER], useFactory: database('APP') },
    { provide: AUTH_DATABASE, inject: [SETTINGS, LOGGER], useFactory: database('AUTH') },
    { provide: SEARCH_DATABASE, inject: [SETTINGS, LOGGER], useFactory: database('SEARCH') },
    { provide: ACCEPT_DATABASE, inject: [SETTINGS, LOGGER], useFactory: database('ACCEPT') },
    { provide: OPERATOR_DATABASE, inject: [SETTINGS, LOGGER], useFactory: database('OPERATOR') },
    { provide: DatabaseClock, useFactory: () => new DatabaseClock() },
    { provide: TenantDb, inject: [APP_DATABASE], useFactory: (app: Database) => new TenantDb(app) },
    { provide: SEARCH_TENANTS, inject: [SEARCH_DATABASE], useFactory: (search: Database) => new TenantDb(search) },
    {
      provide: ApiKeyAuthenticator,
      inject: [AUTH_DATABASE],
      useFactory: (auth: Database) => new ApiKeyAuthenticator(auth),
    },
    {
      provide: OperatorAuthenticator,
      inject: [OPERATOR_DATABASE],
      useFactory: (operator: Database) => new OperatorAuthenticator(operator),
    },
    {
      provide: SessionAccess,
      inject: [OPERATOR_DATABASE, SETTINGS],
      useFactory: (identity: Database, settings: ApiSettings) =>
        new SessionAccess(new SessionAuthenticator(identity), {
          overTls: settings.HUB_PUBLIC_URL?.startsWith('https://') === true,
        }),
    },
    { provide: AcceptBatch, inject: [ACCEPT_DATABASE], useFactory: (accept: Database) => new AcceptBatch(accept) },
    {
      provide: DrainBell,
      inject: [SETTINGS, LOGGER],
      useFactory: (settings: ApiSettings, logger: Logger) => new DrainBell(queueBackendFrom(settings), logger),
    },
    {
      provide: RATE_LIMITER,
      inject: [SETTINGS, LOGGER],
      useFactory: (settings: ApiSettings, logger: Logger): RateLimiter =>
        settings.REDIS_URL === undefined
          ? new MemoryRateLimiter()
          : new RedisRateLimiter(
              connectImpatiently(settings.REDIS_URL),
              'hub:limit:',
              logger,
              processesSharingLimits(settings.HUB_API_PROCESSES),
            ),
    },
    {
      provide: MAPPING_ENGINE,
      inject: [SETTINGS],
      useFactory: (settings: ApiSettings) => createMappingEngine({ poolSize: settings.HUB_MAPPING_CHILDREN }),
    },
    {
      provide: FilterGate,
      inject: [ACCEPT_DATABASE, MAPPING_ENGINE],
      useFactory: (accept: Database, engine: MappingEngine) =>
        new FilterGate(accept, new MappingFilterEvaluator(engine)),
    },
    {
      provide: SAFE_HTTP,
      inject: [SETTINGS],
      useFactory: (settings: ApiSettings) =>
        createSafeHttp({ egressAllow: settings.HUB_EGRESS_ALLOW, userAgent: HUB_USER_AGENT }),
    },
    { provide: CONNECTOR_REGISTRY, useFactory: () => createRegistry(createProviders()) },
    {
      provide: KEYRING,
      inject: [SETTINGS],
      useFactory: async (settings: ApiSettings): Promise<Keyring> => {
        const keyring = await openKeyring(settings);
        if (!keyring.ok) throw new Error(keyring.error);
        return keyring.value;
      },
    },
    {
      provide: CredentialVault,
      inject: [KEYRING, TenantDb, LOGGER],
      useFactory: (keyring: Keyring, tenants: TenantDb, logger: Logger) =>
        new CredentialVault({ tenants, keyring, logger }),
    },
    {
      provide: ConnectionOpener,
      inject: [TenantDb, CredentialVault, CONNECTOR_REGISTRY, LOGGER],
      useFactory: (tenants: TenantDb, vault: CredentialVault, connectors: ConnectorRegistry, logger: Logger) =>
        new ConnectionOpener({ tenants, vault, connectors, logger }),
    },
    ...CONNECTION_PROVIDERS,
  ],
  exports: [
    DatabaseClock,
    ApiMetrics,
    FailedRequestLimit,
    RateLimits,
    KeyUsage,
    PayloadReadRecorder,
    RefusalRecorder,
    UsageMeter,
    LOGGER,
    APP_DATABASE,
    ACCEPT_DATABASE,
    OPERATOR_DATABASE,
    TenantDb,
    SEARCH_TENANTS,
    ApiKeyAuthenticator,
    OperatorAuthenticator,
    SessionAccess,
    AcceptBatch,
    DrainBell,
    RATE_LIMITER,
    MAPPING_ENGINE,
    FilterGate,
    SAFE_HTTP,
    CONNECTOR_REGISTRY,
    KEYRING,
    CredentialVault,
    ConnectionOpener,
    ...CONNECTION_EXPORTS,
  ],
})
export class InfrastructureModule implements OnApplicationShutdown {
  constructor(
    @Inject(APP_DATABASE) private readonly app: Database,
    @Inject(AUTH_DATABASE) private readonly auth: Database,
    @Inject(SEARCH_DATABASE) private readonly search: Database,
    @Inject(ACCEPT_DATABASE) private readonly accept: Database,
    @Inject(OPERATOR_DATABASE) private readonly operator: Database,
    @Inject(MAPPING_ENGINE) private readonly engine: MappingEngine,
    @Inject(SAFE_HTTP) private readonly http: ClosableSafeHttp,
    @Inject(RATE_LIMITER) private readonly limiter: RateLimiter,
    @Inject(DrainBell) private readonly bell: DrainBell,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await this.bell.close();
    if (this.limiter instanceof RedisRateLimiter) this.limiter.close();
    await Promise.all([this.engine.close(), this.http.close()]);
    const pools = [this.app, this.auth, this.search, this.accept, this.operator];
    await Promise.all(pools.map((pool) => pool.close()));
  }
}
