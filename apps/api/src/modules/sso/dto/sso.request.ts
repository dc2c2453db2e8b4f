import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { SSO_ROLES } from '@hub/tenancy';
import { plainText } from '../../../http/fields';

const DOMAIN = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;

export class SaveSsoRequest extends createZodDto(
  z
    .strictObject({
      issuer: z
        .url({ protocol: /^https?$/ })
        .max(500)
        .describe('As the provider names itself: its discovery document is below it.'),
      client_id: plainText(500),
      client_secret: plainText(2_000)
        .optional()
        .describe('Write-only. May be left out when issuer and client id stay as they are.'),
      email_domains: z
        .array(z.string().toLowerCase().max(253).regex(DOMAIN, 'Must be a domain, such as example.com.'))
        .min(1)
        .max(20)
        .describe('Of the e-mail addresses that the provider vouches for. Each counts once it is verified.'),
      default_role: z.enum(SSO_ROLES).describe('What a person becomes who comes for the first time uninvited.'),
      required: z
        .boolean()
        .describe('Members with an e-mail of these domains no longer sign in by password; owners still may.'),
    })
    .meta({
      examples: [
        {
          issuer: 'https://login.example.com',
          client_id: 'integration-hub',
          client_secret: '…',
          email_domains: ['example.com'],
          default_role: 'viewer',
          required: false,
        },
      ],
    }),
) {}
