import { type Transporter } from 'nodemailer';
import { err, ok, type Result } from '@hub/platform';
import { SEND_TIMEOUT_MS, type SendFailure } from './send.types';

export interface MailSettings {
  /** `smtp://user:password@host:port`, `smtps://…`. */
  readonly url: string;
  /** `Integration Hub <alerts@example.com>`. */
  readonly from: string;
}

export interface Mail {
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  /** Constant for one message: a copy that comes twice is recognised by it. */
  readonly messageId: string;
  /** The first message of the thread, for those that follow it. */
  readonly inReplyTo: string | null;
}

export interface Mailer {
  send(mail: Mail): Promise<Result<null, SendFailure>>;
  close(): void;
}

/** The operator's mail server. It may be on a private network: no tenant can aim it, only say who gets mail. */
export function createMailer(settings: MailSettings): Mailer {
  let transport: Transporter | undefined;
  return {
    async send(mail) {
      try {
        transport ??= await openTransport(settings);
        await transport.sendMail({
          to: [...mail.to],
          subject: mail.subject,
          text: mail.text,
          messageId: mail.messageId,
          headers: { 'Auto-Submitted': 'auto-generated' },
          ...(mail.inReplyTo === null ? {} : { inReplyTo: mail.inReplyTo, references: [mail.inReplyTo] }),
        });
        return ok(null);
      } catch (error) {
        return err(failureOf(error));
      }
    },
    close: () => transport?.close(),
  };
}

/** The library is loaded by the first message. */
async function openTransport({ url, from }: MailSettings): Promise<Transporter> {
  const { createTransport } = await import('nodemailer');
  return createTransport(
    {
      url,
      connectionTimeout: SEND_TIMEOUT_MS / 3,
      greetingTimeout: SEND_TIMEOUT_MS / 3,
      socketTimeout: SEND_TIMEOUT_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
    },
    { from },
  );
}

/** Decided by the library's code and the server's reply code, never by text; which may quote addresses, and stays out. */
function failureOf(error: unknown): SendFailure {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
  const reply = typeof responseCode === 'number' ? responseCode : null;
  const why = reply === null ? '' : ` (reply ${reply})`;
  switch (code) {
    case 'EENVELOPE':
      return {
        code: 'recipients_refused',
        message: `The mail server takes no mail for these recipients${why}.`,
        permanent: reply !== null && reply >= 500,
      };
    case 'EAUTH':
    case 'ENOAUTH':
      return { code: 'smtp_sign_in', message: `The mail server refused the hub's sign-in${why}.`, permanent: false };
    case 'EMESSAGE':
      return {
        code: 'message_refused',
        message: `The mail server refused the message${why}.`,
        permanent: reply !== null && reply >= 500,
      };
    default:
      return { code: 'smtp_unreachable', message: `The mail server cannot be reached${why}.`, permanent: false };
  }
}
