import { type Database } from '@hub/database';
import { findKeysNotUnder, type DataKeyPlace } from './data-key.repository';
import { type TenantDataKeys } from './tenant-data-keys';

const AT_ONCE = 100;

export interface SealingParts {
  readonly dispatcher: Database;
  readonly keys: TenantDataKeys;
  /** The master key that seals now. */
  readonly masterKeyId: string;
  readonly stopping: AbortSignal;
}

/**
 * After a rotation of the master key: keys are sealed anew when they are used, and here all that nobody uses, such as those
 * of tenants who are suspended or have no connection. One that cannot be opened keeps none of the others waiting.
 */
export async function sealKeysAnew({ dispatcher, keys, masterKeyId, stopping }: SealingParts): Promise<void> {
  let after: DataKeyPlace | null = null;
  for (;;) {
    const found: DataKeyPlace[] = await findKeysNotUnder(dispatcher, masterKeyId, after, AT_ONCE);
    for (const place of found) {
      if (stopping.aborted) return;
      await keys.sealAnew(place);
    }
    if (found.length < AT_ONCE) return;
    after = found.at(-1) ?? null;
  }
}
