import { Inject, Injectable, type BeforeApplicationShutdown, type Provider } from '@nestjs/common';
import { ConnectionBudget, CredentialVault, loadOAuthApps, OAuthApps, SignIns } from '@hub/connections';
import { type ConnectorRegistry } from '@hub/connector-sdk';
import { type Database } from '@hub/database';
import { type Logger } from '@hub/platform';
import { TenantDb } from '@hub/tenancy';
import { type ApiSettings } from '../settings';
import { APP_DATABASE, CONNECTOR_REGISTRY, LOGGER, PUBLIC_URL, SETTINGS } from '../tokens';

/** Before the pools are closed: readings that are still waiting need one. */
@Injectable()
class BudgetClosing implements BeforeApplicationShutdown {
  constructor(@Inject(ConnectionBudget) private readonly budget: ConnectionBudget) {}

  async beforeApplicationShutdown(): Promise<void> {
    await this.budget.close();
  }
}

/** What signing in at vendors and the limits of their accounts stand on. */
export const CONNECTION_PROVIDERS: Provider[] = [
  BudgetClosing,
  {
    provide: PUBLIC_URL,
    inject: [SETTINGS],
    useFactory: (settings: ApiSettings) => settings.HUB_PUBLIC_URL?.replace(/\/+$/, '') ?? null,
  },
  {
    provide: OAuthApps,
    inject: [SETTINGS, CONNECTOR_REGISTRY],
    useFactory: (settings: ApiSettings, connectors: ConnectorRegistry) => {
      const apps = loadOAuthApps(settings.HUB_OAUTH_APPS_FILE ?? null, connectors);
      if (!apps.ok)
        throw new Error(`HUB_OAUTH_APPS_FILE is wrong:\n${apps.error.map((line) => `  - ${line}`).join('\n')}`);
      return apps.value;
    },
  },
  {
    provide: ConnectionBudget,
    inject: [TenantDb, LOGGER],
    useFactory: (tenants: TenantDb, logger: Logger) => new ConnectionBudget({ tenants, logger }),
  },
  {
    provide: SignIns,
    inject: [APP_DATABASE, TenantDb, CredentialVault],
    useFactory: (database: Database, tenants: TenantDb, vault: CredentialVault) =>
      new SignIns({ database, tenants, vault }),
  },
];

export const CONNECTION_EXPORTS = [PUBLIC_URL, OAuthApps, ConnectionBudget, SignIns];
