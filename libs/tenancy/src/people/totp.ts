import { randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { hashToken } from './tokens';

const ISSUER = 'Integration Hub';
const STEP_SECONDS = 30;
/** One step either way: clocks of telephones are not those of servers. */
const WINDOW = 1;
const RECOVERY_CODES = 10;
const RECOVERY_ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';

export interface NewTotp {
  readonly secret: Buffer;
  /** For typing in. */
  readonly base32: string;
  /** For a QR code (Key Uri Format). */
  readonly uri: string;
}

export function newTotp(email: string): NewTotp {
  const secret = randomBytes(20);
  const totp = totpOf(secret, email);
  return { secret, base32: totp.secret.base32, uri: totp.toString() };
}

/** RFC 6238. @returns the time step that the code is of, null when it is wrong or not newer than the last one taken */
export function stepOfCode(secret: Buffer, code: string, lastStep: number | null, nowMs = Date.now()): number | null {
  const delta = totpOf(secret).validate({ token: code, timestamp: nowMs, window: WINDOW });
  if (delta === null) return null;
  const step = Math.floor(nowMs / 1_000 / STEP_SECONDS) + delta;
  return lastStep !== null && step <= lastStep ? null : step;
}

export interface RecoveryCodes {
  readonly codes: readonly string[];
  readonly hashes: readonly Buffer[];
}

/** For whoever has lost the telephone; each opens once. */
export function newRecoveryCodes(): RecoveryCodes {
  const codes = Array.from({ length: RECOVERY_CODES }, () => {
    const letters = [...randomBytes(10)].map((byte) => RECOVERY_ALPHABET[byte % RECOVERY_ALPHABET.length]).join('');
    return `${letters.slice(0, 5)}-${letters.slice(5)}`;
  });
  return { codes, hashes: codes.map(recoveryHash) };
}

export function recoveryHash(code: string): Buffer {
  return hashToken(code.toLowerCase().replace(/[^a-z0-9]/g, ''));
}

function totpOf(secret: Buffer, label = ''): TOTP {
  return new TOTP({
    issuer: ISSUER,
    label,
    secret: new Secret({ buffer: Uint8Array.from(secret).buffer }),
    period: STEP_SECONDS,
  });
}
