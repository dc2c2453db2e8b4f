import { hash, verify } from '@node-rs/argon2';

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. About 6 ms. */
const OPTIONS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const LEAST = 10;
/** Longer ones are refused rather than cut: somebody would believe that the rest counts. */
const MOST = 256;

export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFKC'), OPTIONS);
}

let nobodys: Promise<string> | undefined;

/**
 * @param stored of the account, null when there is none or it has no password. It takes as long as a wrong password then, so that
 *   nobody learns by the clock which e-mails have accounts.
 */
export async function isPassword(stored: string | null, password: string): Promise<boolean> {
  nobodys ??= hashPassword('nobody has this password');
  const isRight = await verify(stored ?? (await nobodys), password.normalize('NFKC'));
  return isRight && stored !== null;
}

export type PasswordFault = 'too_short' | 'too_long' | 'too_simple';

/** Length counts, mixtures do not (NIST SP 800-63B, section 5.1.1.2). */
export function passwordFault(password: string, email: string): PasswordFault | null {
  if (password.length < LEAST) return 'too_short';
  if (password.length > MOST) return 'too_long';
  const lower = password.toLowerCase();
  const isRepeated = new Set(lower).size < 4;
  const name = email.split('@')[0] ?? '';
  return isRepeated || lower === email || (name.length > 3 && lower.replace(/[^a-z]/g, '') === name)
    ? 'too_simple'
    : null;
}
