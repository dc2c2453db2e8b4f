import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { ROLES } from '@hub/tenancy';
import { nameText, publicId } from '../../../http/fields';

export class UserResetLinkRequest extends createZodDto(
  z.strictObject({ email: z.email().max(254).describe('Of the account') }),
) {}

export class CreateUserRequest extends createZodDto(
  z.strictObject({
    email: z.email().max(254),
    name: nameText(200),
    password: z.string().min(1).max(1_024).describe('The first one; at least 10 characters'),
    is_operator: z.boolean().optional().describe('One of the people who run the hub'),
    memberships: z
      .array(z.strictObject({ tenant_id: publicId('tenant'), role: z.enum(ROLES) }))
      .max(100)
      .optional(),
  }),
) {}
