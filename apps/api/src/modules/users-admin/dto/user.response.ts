import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';

export class UserResponse extends createZodDto(
  z.object({ id: z.string().describe('`usr_…`'), email: z.string(), name: z.string(), is_operator: z.boolean() }),
) {}

export class UserResetLinkResponse extends createZodDto(
  z.object({ reset_url: z.string().describe('For that person alone. Shown this once.'), expires_at: z.string() }),
) {}
