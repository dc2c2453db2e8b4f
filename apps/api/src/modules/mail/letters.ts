import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Mailer } from '@hub/alerts';
import { newUuid, type Logger } from '@hub/platform';
import { LOGGER, MAILER, PUBLIC_URL } from '../../tokens';

interface Letter {
  readonly kind: string;
  readonly to: string;
  readonly subject: string;
  readonly lines: readonly string[];
}

const TAKEN_OVER = {
  invitation: 'Whoever followed the invitation in this mailbox has chosen a new password.',
  sso: 'The sign-in page of that company has said that this e-mail address is yours.',
} as const;

/**
 * Mail to people who sign in. It is sent after the answer and outside every transaction, so that neither a slow mail server
 * nor the time that it takes shows in an answer; and once: whoever gets none asks again.
 */
@Injectable()
export class Letters implements OnApplicationShutdown {
  private readonly sending = new Set<Promise<void>>();

  constructor(
    @Inject(MAILER) private readonly mailer: Mailer | null,
    @Inject(PUBLIC_URL) private readonly publicUrl: string | null,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Whether there is a mail server, and an address to put into links: never the one that a request names as its host. */
  get canSend(): boolean {
    return this.mailer !== null && this.publicUrl !== null;
  }

  invitation(to: string, tenantName: string, token: string): void {
    this.send({
      kind: 'invitation',
      to,
      subject: `You are invited to ${tenantName}`,
      lines: [
        `You are invited to join ${tenantName} on the Integration Hub.`,
        '',
        `Accept within seven days: ${this.publicUrl}/invitation/${token}`,
        '',
        'If you do not know what this is about, do nothing: nobody joins who does not follow the link.',
      ],
    });
  }

  passwordReset(to: string, token: string): void {
    this.send({
      kind: 'password_reset',
      to,
      subject: 'Choose a new password',
      lines: [
        'Somebody, hopefully you, has asked for a new password for this e-mail address on the Integration Hub.',
        '',
        `Choose one within the hour: ${this.publicUrl}/password-reset/${token}`,
        '',
        'The link works once. If it was not you, do nothing: your password stays as it is.',
      ],
    });
  }

  /** To whose account it is. Without the link, which the operator hands over. */
  resetLinkMade(to: string): void {
    this.send({
      kind: 'reset_link_made',
      to,
      subject: 'A link for a new password has been made',
      lines: [
        'An operator of the Integration Hub has made a link for your account, to be handed over to you.',
        'Whoever follows it within the hour chooses a new password.',
        '',
        `If you did not ask for it, choose a new password yourself at once, which ends that link: ${this.publicUrl}/forgotten-password`,
      ],
    });
  }

  passwordChanged(to: string): void {
    this.send({
      kind: 'password_changed',
      to,
      subject: 'Your password has been changed',
      lines: [
        'The password of your account on the Integration Hub has been changed by a link that was made for it.',
        'Everybody who was signed in with it has been signed out.',
        '',
        `If it was not you, ask for a new one at once: ${this.publicUrl}/forgotten-password`,
      ],
    });
  }

  /**
   * To who had an account when a company took it in: by whose word, they learn from nobody else.
   * @param takenOver what proved the e-mail and so ended all that opened the account before
   */
  joined(to: string, tenantName: string, takenOver: 'invitation' | 'sso' | null): void {
    const ask = `${this.publicUrl}/forgotten-password`;
    const member = `Your account on the Integration Hub is a member of ${tenantName} now.`;
    if (takenOver === null) {
      const lines = [member, '', `If it was not you, ask for a new password at once: ${ask}`];
      return this.send({ kind: 'joined', to, subject: `You have joined ${tenantName}`, lines });
    }
    this.send({
      kind: 'account_taken_over',
      to,
      subject: 'Your old password no longer works',
      lines: [
        member,
        TAKEN_OVER[takenOver],
        'A password and a second factor from before have ended, and everybody who was signed in has been signed out.',
        '',
        takenOver === 'sso'
          ? `To sign in with a password elsewhere, choose a new one: ${ask}`
          : `If it was not you, ask for a new password at once: ${ask}`,
      ],
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.sending);
  }

  private send({ kind, to, subject, lines }: Letter): void {
    if (this.mailer === null || this.publicUrl === null) return;
    const messageId = `<${newUuid()}@${new URL(this.publicUrl).hostname}>`;
    const mail = { to: [to], subject, text: `${lines.join('\n')}\n`, messageId, inReplyTo: null };
    const sent: Promise<void> = this.mailer
      .send(mail)
      .then((result) => {
        // Not to whom: that somebody has an account is nobody's business who reads the log.
        if (!result.ok) this.logger.warn(`a letter could not be sent: ${kind}`, { code: result.error.code });
      })
      .finally(() => this.sending.delete(sent));
    this.sending.add(sent);
  }
}
