import { Inject, Injectable } from '@nestjs/common';
import { type Tx } from '@hub/database';
import { type Keyring } from '@hub/platform';
import { recoveryHash, stepOfCode, useRecoveryCode, useTotpStep, type UserRow } from '@hub/tenancy';
import { KEYRING } from '../../tokens';

const SIX_DIGITS = /^\d{6}$/;

/** Secrets of authenticator apps, kept sealed, and the codes that come of them. */
@Injectable()
export class SecondFactor {
  constructor(@Inject(KEYRING) private readonly keyring: Keyring) {}

  async seal(userId: string, secret: Buffer): Promise<string> {
    const sealed = await this.keyring.wrap(secret, placeOf(userId));
    if (!sealed.ok) throw new Error(`a second factor could not be sealed: ${sealed.error.code}`);
    return `${sealed.value.keyId}.${sealed.value.ciphertext.toString('base64url')}`;
  }

  /** @returns the time step of a right code that has not been used, else null */
  async stepOf(user: UserRow, code: string): Promise<number | null> {
    const [keyId, ciphertext] = user.totp_secret?.split('.') ?? [];
    if (keyId === undefined || ciphertext === undefined) return null;
    const secret = await this.keyring.unwrap(
      { keyId, ciphertext: Buffer.from(ciphertext, 'base64url') },
      placeOf(user.id),
    );
    if (!secret.ok) throw new Error(`a second factor could not be opened: ${secret.error.code}`);
    return stepOfCode(secret.value, code, user.totp_last_step);
  }

  /** A code of the app or one for emergencies; either way it is used up. The user's row must be locked. */
  async accepts(tx: Tx, user: UserRow, code: string): Promise<boolean> {
    if (!SIX_DIGITS.test(code)) return useRecoveryCode(tx, user.id, recoveryHash(code));
    const step = await this.stepOf(user, code);
    if (step === null) return false;
    await useTotpStep(tx, user.id, step);
    return true;
  }
}

function placeOf(userId: string): string {
  return `totp|${userId}`;
}
