import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { nameText, plainText, publicId } from '../../../http/fields';

/** RFC 5321 lets no address be longer. */
const email = z.email().max(254);
/** As typed; what is too long to be one is no password of anybody. */
const secret = z.string().min(1).max(1_024);
const code = z.string().min(6).max(20);

export class SignInRequest extends createZodDto(z.strictObject({ email, password: secret })) {}
export class SignInOptionsQuery extends createZodDto(z.strictObject({ email })) {}
export class TotpSignInRequest extends createZodDto(z.strictObject({ challenge: secret, code })) {}
export class SwitchTenantRequest extends createZodDto(z.strictObject({ tenant_id: publicId('tenant') })) {}
export class ChangePasswordRequest extends createZodDto(
  z.strictObject({ current_password: secret, new_password: secret }),
) {}
export class BeginTotpRequest extends createZodDto(z.strictObject({ password: secret })) {}
export class ConfirmTotpRequest extends createZodDto(z.strictObject({ code })) {}
export class RemoveTotpRequest extends createZodDto(z.strictObject({ password: secret, code })) {}
export class AcceptInvitationRequest extends createZodDto(
  z.strictObject({ name: nameText(200).optional(), password: secret.optional() }),
) {}
export class AskPasswordResetRequest extends createZodDto(z.strictObject({ email })) {}
export class ChooseNewPasswordRequest extends createZodDto(z.strictObject({ new_password: secret })) {}
export class EnterTenantRequest extends createZodDto(
  z.strictObject({ tenant_id: publicId('tenant'), reason: plainText(500) }),
) {}
