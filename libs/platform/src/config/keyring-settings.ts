import { z } from 'zod';
import { parseKeyring, readKeyringFile, type Keyring } from '../crypto/keyring';
import { err, ok, type Result } from '../result/result';

export const keyringSettings = z
  .object({
    /** Master keys that seal tenants' data keys: `id:base64,…`, the first one active. */
    HUB_MASTER_KEYS: z
      .string()
      .superRefine((text, context) => {
        const keyring = parseKeyring(text);
        if (!keyring.ok) context.addIssue({ code: 'custom', message: keyring.error.message });
      })
      .optional(),
    /** A file that holds them, in the place of the above: secrets of containers are files. Lines separate like commas. */
    HUB_MASTER_KEYS_FILE: z.string().optional(),
  })
  .refine((settings) => (settings.HUB_MASTER_KEYS === undefined) !== (settings.HUB_MASTER_KEYS_FILE === undefined), {
    path: ['HUB_MASTER_KEYS'],
    error: 'exactly one of HUB_MASTER_KEYS and HUB_MASTER_KEYS_FILE must be set',
  });

export type KeyringSettings = z.output<typeof keyringSettings>;

/** The error names the setting, and repeats nothing of its value. */
export async function openKeyring(settings: KeyringSettings): Promise<Result<Keyring, string>> {
  const { HUB_MASTER_KEYS: text, HUB_MASTER_KEYS_FILE: path } = settings;
  const [name, keyring] =
    path === undefined
      ? ['HUB_MASTER_KEYS', parseKeyring(text ?? '')]
      : ['HUB_MASTER_KEYS_FILE', await readKeyringFile(path)];
  return keyring.ok ? ok(keyring.value) : err(`${name}: ${keyring.error.message}`);
}
