import { Inject, Injectable, type OnApplicationShutdown, type Provider } from '@nestjs/common';
import { ChannelSender, createMailer, type ChannelSecrets, type Mailer } from '@hub/alerts';
import { CredentialVault } from '@hub/connections';
import { type SafeHttp } from '@hub/platform';
import { type ApiSettings } from '../../settings';
import { PUBLIC_URL, SAFE_HTTP, SETTINGS } from '../../tokens';

export const CHANNEL_SECRETS = Symbol('ChannelSecrets');
const MAILER = Symbol('Mailer, or null');

@Injectable()
class MailerClosing implements OnApplicationShutdown {
  constructor(@Inject(MAILER) private readonly mailer: Mailer | null) {}

  onApplicationShutdown(): void {
    this.mailer?.close();
  }
}

/** What test messages are sent with; all others are the worker's. */
export const CHANNEL_PROVIDERS: Provider[] = [
  MailerClosing,
  {
    provide: CHANNEL_SECRETS,
    inject: [CredentialVault],
    useFactory: (vault: CredentialVault): ChannelSecrets => ({
      seal: (tenantId, channelId, secret) => vault.seal(tenantId, channelId, secret, 'alert_channel'),
      open: (tenantId, channelId, secret) => vault.open(tenantId, channelId, secret, 'alert_channel'),
    }),
  },
  {
    provide: MAILER,
    inject: [SETTINGS],
    useFactory: ({ HUB_SMTP_URL: url, HUB_MAIL_FROM: from }: ApiSettings): Mailer | null =>
      url === undefined || from === undefined ? null : createMailer({ url, from }),
  },
  {
    provide: ChannelSender,
    inject: [SAFE_HTTP, CHANNEL_SECRETS, MAILER, PUBLIC_URL],
    useFactory: (http: SafeHttp, secrets: ChannelSecrets, mailer: Mailer | null, publicUrl: string | null) =>
      new ChannelSender({ http, secrets, mailer, publicUrl }),
  },
];
