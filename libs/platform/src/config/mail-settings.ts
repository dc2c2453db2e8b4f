import { z } from 'zod';

/** The operator's mail server. Without it alerts go to other channels alone, and one by mail is refused. */
export const mailSettings = z
  .object({
    /** `smtp://user:password@host:587` (STARTTLS where it is offered) or `smtps://…`; a secret when it holds a password. */
    HUB_SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
    /** Sender of all mail, such as `Integration Hub <alerts@example.com>`. */
    HUB_MAIL_FROM: z
      .string()
      .max(320)
      .refine((text) => /^[^\r\n]*@[^\r\n]+$/.test(text), { error: 'Use an address, or a name and an address in <>.' })
      .optional(),
  })
  .refine((settings) => (settings.HUB_SMTP_URL === undefined) === (settings.HUB_MAIL_FROM === undefined), {
    error: 'HUB_SMTP_URL and HUB_MAIL_FROM are set together.',
  });
