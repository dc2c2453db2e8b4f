import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { SSO_ROLES } from '@hub/tenancy';
import { textOrNull } from '../../../http/fields';

const domain = z
  .object({
    domain: z.string(),
    verified: z.boolean(),
    verified_by: z.enum(['dns', 'operator']).nullable(),
    record: z
      .object({ name: z.string(), type: z.literal('TXT'), value: z.string() })
      .describe('What the domain’s DNS must say to be verified.'),
  })
  .meta({ id: 'SsoDomain' });

export class SsoResponse extends createZodDto(
  z.object({
    configured: z.boolean(),
    issuer: textOrNull('`null` while nothing is set up, like the others.'),
    client_id: textOrNull('Of the hub at the provider.'),
    email_domains: z.array(z.string()),
    domains: z.array(domain).describe('The same, with what is proved of them.'),
    default_role: z.enum(SSO_ROLES).nullable(),
    required: z.boolean(),
    redirect_uri: textOrNull('To be entered at the provider. `null` while the hub does not know its own address.'),
    sign_in_url: textOrNull('Where people begin who do not come by the sign-in page.'),
    updated_at: textOrNull('Of the last change.'),
  }),
) {}
