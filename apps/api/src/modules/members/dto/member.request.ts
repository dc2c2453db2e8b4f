import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { ROLES } from '@hub/tenancy';
import { pageQuery } from '../../../http/pagination';

const role = z.enum(ROLES);
const canReadPayloads = z
  .boolean()
  .describe('Payloads besides what the role shows; matters for compliance and viewer, who see none otherwise');

export class ListMembersQuery extends createZodDto(z.strictObject(pageQuery)) {}

export class InviteMemberRequest extends createZodDto(
  z.strictObject({ email: z.email().max(254), role, can_read_payloads: canReadPayloads.optional() }),
) {}

export class UpdateMemberRequest extends createZodDto(
  z
    .strictObject({
      role: role.optional(),
      can_read_payloads: canReadPayloads.optional(),
      status: z.enum(['active', 'disabled']).optional(),
    })
    .refine((body) => Object.keys(body).length > 0, { error: 'Say what to change.' }),
) {}
