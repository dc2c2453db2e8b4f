import { Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD, APP_PIPE } from '@nestjs/core';
import { AccessGuard } from './http/access';
import { ZodPipe } from './http/validation';
import { InfrastructureModule } from './infrastructure/infrastructure.module';
import { ApiKeysModule } from './modules/api-keys/api-keys.module';
import { ConnectionsModule } from './modules/connections/connections.module';
import { ConnectorsModule } from './modules/connectors/connectors.module';
import { DeliveriesModule } from './modules/deliveries/deliveries.module';
import { EventsModule } from './modules/events/events.module';
import { HealthModule } from './modules/health/health.module';
import { HooksModule } from './modules/hooks/hooks.module';
import { LinksModule } from './modules/links/links.module';
import { MappingTemplatesModule } from './modules/mapping-templates/mapping-templates.module';
import { MappingsModule } from './modules/mappings/mappings.module';
import { MeModule } from './modules/me/me.module';
import { OAuthCallbackModule } from './modules/oauth-callback/oauth-callback.module';
import { RecipesModule } from './modules/recipes/recipes.module';
import { RoutesModule } from './modules/routes/routes.module';
import { SyncsModule } from './modules/syncs/syncs.module';
import { TenantsAdminModule } from './modules/tenants-admin/tenants-admin.module';
import { type ApiSettings } from './settings';
import { SETTINGS } from './tokens';

@Module({})
export class AppModule {
  static with(settings: ApiSettings): DynamicModule {
    return {
      module: AppModule,
      global: true,
      imports: [
        InfrastructureModule,
        EventsModule,
        DeliveriesModule,
        ConnectorsModule,
        ConnectionsModule,
        OAuthCallbackModule,
        MappingsModule,
        MappingTemplatesModule,
        LinksModule,
        RecipesModule,
        RoutesModule,
        SyncsModule,
        HooksModule,
        ApiKeysModule,
        MeModule,
        TenantsAdminModule,
        HealthModule,
      ],
      providers: [
        { provide: SETTINGS, useValue: settings },
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_PIPE, useClass: ZodPipe },
      ],
      exports: [SETTINGS],
    };
  }
}
