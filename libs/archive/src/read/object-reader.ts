import { deriveKey, err, ok, type ObjectStore, type Result } from '@hub/platform';
import { type TenantDataKeys } from '@hub/tenancy';
import { type ArchiveError } from '../archive.types';
import { type ObjectPlace } from '../objects/archive-objects.repository';
import { mayHold, probesOf } from '../objects/bloom-filter';
import { openObject } from '../objects/sealed-object';
import { storeFailed } from '../write/object-writer';

/** Columns as the database wrote them. */
export type ArchivedRow = Readonly<Record<string, unknown>> & { readonly id: string };

/** Opens objects of the manifest. */
export class ObjectReader {
  constructor(
    private readonly store: ObjectStore,
    readonly keys: TenantDataKeys,
  ) {}

  /** Lines of the object, each the JSON of one row. `null`: its key was destroyed, and what it sealed is erased. */
  async lines(tenantId: string, place: ObjectPlace): Promise<Result<readonly string[] | null, ArchiveError>> {
    const key = await this.keys.byId(tenantId, place.keyId);
    if (!key.ok) {
      if (key.error.code === 'unknown_key') return ok(null);
      return err({ code: 'key_unavailable', message: key.error.message });
    }
    const stored = await this.store.get(place.objectKey);
    if (!stored.ok) return err(storeFailed(stored.error));
    const opened = await openObject(key.value.dataKey, place.objectKey, stored.value);
    if (opened === null)
      return err({ code: 'unreadable', message: 'an object of the archive is not what was put there' });
    return ok(opened.toString('utf8').split('\n').slice(0, -1));
  }

  /** False when surely none of the entries is in the object: its filter says so. */
  async mayHoldAny(tenantId: string, place: ObjectPlace, entries: readonly string[]): Promise<boolean> {
    const key = await this.keys.byId(tenantId, place.keyId);
    // Without its key it cannot be opened either; opening it says what that means.
    if (!key.ok) return true;
    const filterKey = deriveKey(key.value.dataKey, 'archive-filters');
    return entries.some((entry) => mayHold(place.filter, probesOf(filterKey, entry)));
  }
}

/** Rows that the tenant may see, of those lines for which `mention` is true: most lines need not be parsed. */
export function rowsOf(lines: readonly string[], mention: (line: string) => boolean): ArchivedRow[] {
  return lines
    .filter(mention)
    .map((line) => JSON.parse(line) as ArchivedRow)
    .filter((row) => row['internal'] !== true);
}
