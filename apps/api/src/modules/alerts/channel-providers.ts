import { type Provider } from '@nestjs/common';
import { ChannelSender, type ChannelSecrets, type Mailer } from '@hub/alerts';
import { CredentialVault } from '@hub/connections';
import { DatabaseClock } from '@hub/database';
import { type SafeHttp } from '@hub/platform';
import { MAILER, PUBLIC_URL, SAFE_HTTP } from '../../tokens';

export const CHANNEL_SECRETS = Symbol('ChannelSecrets');

/** What test messages are sent with; all others are the worker's. */
export const CHANNEL_PROVIDERS: Provider[] = [
  {
    provide: CHANNEL_SECRETS,
    inject: [CredentialVault],
    useFactory: (vault: CredentialVault): ChannelSecrets => ({
      seal: (tenantId, channelId, secret) => vault.seal(tenantId, channelId, secret, 'alert_channel'),
      open: (tenantId, channelId, secret) => vault.open(tenantId, channelId, secret, 'alert_channel'),
    }),
  },
  {
    provide: ChannelSender,
    inject: [SAFE_HTTP, CHANNEL_SECRETS, MAILER, PUBLIC_URL, DatabaseClock],
    useFactory: (
      http: SafeHttp,
      secrets: ChannelSecrets,
      mailer: Mailer | null,
      publicUrl: string | null,
      { now }: DatabaseClock,
    ) => new ChannelSender({ http, secrets, mailer, publicUrl, now }),
  },
];
