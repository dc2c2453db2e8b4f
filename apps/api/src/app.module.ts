import { Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD, APP_PIPE } from '@nestjs/core';
import { AccessGuard } from './http/access';
import { IdempotencyKeyGuard } from './http/idempotency-key.guard';
import { InputGuard } from './http/input-guard';
import { ZodPipe } from './http/validation';
import { InfrastructureModule } from './infrastructure/infrastructure.module';
import { ActivityModule } from './modules/activity/activity.module';
import { AlertsModule } from './modules/alerts/alerts.module';
import { ApiKeysModule } from './modules/api-keys/api-keys.module';
import { ArchiveModule } from './modules/archive/archive.module';
import { AuditExportsModule } from './modules/audit-exports/audit-exports.module';
import { AuditLogModule } from './modules/audit-log/audit-log.module';
import { BalanceModule } from './modules/balance/balance.module';
import { ConnectionsModule } from './modules/connections/connections.module';
import { ConnectorsModule } from './modules/connectors/connectors.module';
import { DeadLettersModule } from './modules/dead-letters/dead-letters.module';
import { DeliveriesModule } from './modules/deliveries/deliveries.module';
import { EventsModule } from './modules/events/events.module';
import { FlowModule } from './modules/flow/flow.module';
import { HealthModule } from './modules/health/health.module';
import { HooksModule } from './modules/hooks/hooks.module';
import { LinksModule } from './modules/links/links.module';
import { LiveModule } from './modules/live/live.module';
import { MailModule } from './modules/mail/mail.module';
import { MappingTemplatesModule } from './modules/mapping-templates/mapping-templates.module';
import { MappingsModule } from './modules/mappings/mappings.module';
import { MeModule } from './modules/me/me.module';
import { MembersModule } from './modules/members/members.module';
import { OAuthCallbackModule } from './modules/oauth-callback/oauth-callback.module';
import { RecipesModule } from './modules/recipes/recipes.module';
import { ReplaysModule } from './modules/replays/replays.module';
import { RetentionModule } from './modules/retention/retention.module';
import { RoutesModule } from './modules/routes/routes.module';
import { SavedFiltersModule } from './modules/saved-filters/saved-filters.module';
import { SignInModule } from './modules/sign-in/sign-in.module';
import { SsoModule } from './modules/sso/sso.module';
import { SyncsModule } from './modules/syncs/syncs.module';
import { TenantsAdminModule } from './modules/tenants-admin/tenants-admin.module';
import { UsersAdminModule } from './modules/users-admin/users-admin.module';
import { UsageModule } from './modules/usage/usage.module';
import { WebhookEndpointsModule } from './modules/webhook-endpoints/webhook-endpoints.module';
import { PlatformHealthModule } from './modules/platform-health/platform-health.module';
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
        MailModule,
        LiveModule,
        EventsModule,
        DeliveriesModule,
        ArchiveModule,
        RetentionModule,
        DeadLettersModule,
        ReplaysModule,
        ConnectorsModule,
        ConnectionsModule,
        OAuthCallbackModule,
        MappingsModule,
        MappingTemplatesModule,
        LinksModule,
        RecipesModule,
        RoutesModule,
        SavedFiltersModule,
        SyncsModule,
        HooksModule,
        ApiKeysModule,
        AuditLogModule,
        AuditExportsModule,
        MeModule,
        MembersModule,
        SignInModule,
        SsoModule,
        TenantsAdminModule,
        UsersAdminModule,
        WebhookEndpointsModule,
        AlertsModule,
        BalanceModule,
        FlowModule,
        ActivityModule,
        UsageModule,
        HealthModule,
        PlatformHealthModule,
      ],
      providers: [
        { provide: SETTINGS, useValue: settings },
        { provide: APP_GUARD, useClass: AccessGuard },
        // After it: who may not ask learns nothing of what may be asked.
        { provide: APP_GUARD, useClass: InputGuard },
        { provide: APP_GUARD, useClass: IdempotencyKeyGuard },
        { provide: APP_PIPE, useClass: ZodPipe },
      ],
      exports: [SETTINGS],
    };
  }
}
