import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { ROLES } from '@hub/tenancy';
import { nextCursor, textOrNull } from '../../../http/fields';
import { topLevel } from '../../../http/openapi';

const member = z
  .object({
    id: z.string().describe('`mem_…`, or `inv_…` for who is only invited'),
    user: z.object({ id: textOrNull('Null while only invited'), email: z.string(), name: textOrNull('As entered') }),
    role: z.enum(ROLES),
    can_read_payloads: z.boolean(),
    status: z.enum(['active', 'disabled', 'invited']),
    last_seen_at: textOrNull('When signed in here last'),
    created_at: z.string(),
  })
  .meta({ id: 'Member' });

export class MemberResponse extends createZodDto(topLevel(member)) {}
export class MemberListResponse extends createZodDto(z.object({ data: z.array(member), next_cursor: nextCursor })) {}
export class InvitationResponse extends createZodDto(
  z.object({
    member,
    invitation_url: textOrNull(
      'For the invited person alone: whoever follows it joins. Shown this once: `null` when the request was repeated under its Idempotency-Key.',
    ),
    mailed: z
      .boolean()
      .describe('Whether the hub sends the invited person a link of their own. That one also proves their e-mail.'),
    expires_at: z.string(),
  }),
) {}
export class ResetLinkResponse extends createZodDto(
  z.object({
    reset_url: textOrNull(
      'For that person alone. Shown this once: `null` when the request was repeated under its Idempotency-Key.',
    ),
    expires_at: z.string(),
  }),
) {}
