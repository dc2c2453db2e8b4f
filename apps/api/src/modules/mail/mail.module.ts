import { Global, Inject, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { createMailer, type Mailer } from '@hub/alerts';
import { type ApiSettings } from '../../settings';
import { MAILER, SETTINGS } from '../../tokens';
import { Letters } from './letters';
import { SendingLimits } from './sending-limits';

@Injectable()
class MailerClosing implements OnApplicationShutdown {
  constructor(
    @Inject(MAILER) private readonly mailer: Mailer | null,
    @Inject(Letters) private readonly letters: Letters,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await this.letters.onApplicationShutdown();
    this.mailer?.close();
  }
}

/** The operator's mail server, where there is one, and how much a tenant may send. */
@Global()
@Module({
  providers: [
    Letters,
    SendingLimits,
    MailerClosing,
    {
      provide: MAILER,
      inject: [SETTINGS],
      useFactory: ({ HUB_SMTP_URL: url, HUB_MAIL_FROM: from }: ApiSettings): Mailer | null =>
        url === undefined || from === undefined ? null : createMailer({ url, from }),
    },
  ],
  exports: [MAILER, Letters, SendingLimits],
})
export class MailModule {}
