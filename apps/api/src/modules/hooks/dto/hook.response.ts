import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { textOrNull } from '../../../http/fields';

const maybeTime = (description: string): z.ZodNullable<z.ZodString> =>
  z.string().describe(description).meta({ format: 'date-time' }).nullable();

const hook = {
  connection_id: z.string().meta({ examples: ['con_01k9g8xv7hf2p9w3c5q6r7s8t9'] }),
  created_at: z
    .string()
    .describe('When this address was made.')
    .meta({ format: 'date-time', examples: ['2026-11-20T10:00:00.000Z'] }),
  received: z.int().describe('Verified calls.'),
  refused: z.int().describe('Calls that could not be verified.'),
  last_received_at: maybeTime('Of the last verified call.'),
  last_refused_at: maybeTime('Of the last refused call.'),
  last_refusal: textOrNull('Why: `signature_missing`, `signature_invalid`, `other_account` or `unreadable`.'),
};

export class ConnectionHookResponse extends createZodDto(z.object(hook)) {}

export class NewConnectionHookResponse extends createZodDto(
  z.object({
    url: z
      .string()
      .describe('Shown once: enter it at the vendor. It is a secret; making another ends this one.')
      .meta({ format: 'uri', examples: ['https://hub.example.com/hooks/salesforce/k3Vf0rTq9wZ1'] }),
    ...hook,
  }),
) {}
