import { type Database } from '@hub/database';
import { type Logger, type ObjectStore, type ObjectStoreError } from '@hub/platform';
import { type TenantDb } from '@hub/tenancy';
import { followChain, type ChainPlace } from '../chain/check-chain';
import { genesisHash } from '../chain/chain-hash';
import { findHead, readChain } from '../chain/chain.repository';
import { listSigningKeys } from '../signing/signing-key.repository';
import { type SigningKey } from '../signing/signing-key';
import { chainName, openCheckpoint, signCheckpoint, type Checkpoint } from './checkpoint';
import { findDueChains, keepCheckpoints, type DueChain, type NewCheckpoint } from './checkpoint.repository';

export const CHECKPOINT_LOOK_EVERY_MS = 10_000;
/** With the time until the next look it is a minute at most. */
const SIGNED_EVERY_SECONDS = 50;
const AT_ONCE = 500;
const PAGE = 1_000;
const HOUR_MS = 3_600_000;
const SIZE_DIGITS = 12;

export interface CheckpointerOptions {
  /** Sees how long the chains of all tenants are, and nothing of what is in them. */
  readonly dispatcher: Database;
  readonly tenants: TenantDb;
  readonly store: ObjectStore;
  readonly key: SigningKey;
  readonly logger: Logger;
  readonly now?: () => Date;
}

export interface CheckpointRun {
  readonly signed: number;
  /** Chains that do not follow from what was signed before. */
  readonly broken: number;
}

/**
 * Signs how long each chain is and where it ends. Signs nothing that does not follow from what it signed before: whoever
 * rewrites the database gets no new signature for it, and an alarm.
 *
 * A copy goes to the object store before the database knows of it. Each first checkpoint over a size is kept there for
 * good; of a chain that does not move the latest is copied once an hour.
 */
export class Checkpointer {
  private readonly now: () => Date;

  constructor(private readonly options: CheckpointerOptions) {
    this.now = options.now ?? (() => new Date());
  }

  /** Signs every chain that is due. */
  async signDue(): Promise<CheckpointRun> {
    const due = await findDueChains(this.options.dispatcher, SIGNED_EVERY_SECONDS, AT_ONCE);
    const fresh: NewCheckpoint[] = [];
    let broken = 0;
    for (const chain of due) {
      const signed = await this.sign(chain);
      if (signed === 'broken') broken++;
      else if (signed !== null) fresh.push(signed);
    }
    if (fresh.length > 0) await keepCheckpoints(this.options.dispatcher, fresh);
    return { signed: fresh.length, broken };
  }

  /** `null` when it cannot be done now: the object store does not answer. */
  private async sign(chain: DueChain): Promise<NewCheckpoint | 'broken' | null> {
    const { tenantId, size, head } = chain;
    const signedAt = this.now();
    const last = await this.lastOf(chain, signedAt);
    if (last === 'unreachable') return null;
    if (last === 'broken') return this.alarm(chain);
    if (last !== null && last.size > size)
      return (await this.hasGrownTo(tenantId, last.size)) ? null : this.alarm(chain);
    if (!(await this.follows(chain, last))) return this.alarm(chain);
    const note = signCheckpoint(tenantId, { size, head, signedAt }, this.options.key);
    const isFirst = last === null || last.size < size;
    if (isFirst || isHourLater(last, signedAt)) {
      const copied = await this.copy(chain, note, isFirst);
      if (copied === 'broken') return this.alarm(chain);
      if (copied === 'unreachable') return null;
    }
    return { tenantId, size, signedAt, note, isFirst };
  }

  /** Another worker has signed what was appended since this chain was found to be due. */
  private async hasGrownTo(tenantId: string, size: number): Promise<boolean> {
    const head = await this.options.tenants.run(tenantId, findHead);
    return head !== null && head.size >= size;
  }

  private alarm({ tenantId, size }: DueChain): 'broken' {
    const fields = { tenant_id: tenantId, count: size };
    this.options.logger.error('an audit chain does not follow from what was signed: it is signed no more', fields);
    return 'broken';
  }

  /**
   * The newest checkpoint: of the database, and, before a copy goes to the store, of the store as well. Somebody may have
   * deleted here what was signed, all of it or only the last of it.
   */
  private async lastOf(
    { tenantId, size, lastNote }: DueChain,
    signedAt: Date,
  ): Promise<Checkpoint | 'broken' | 'unreachable' | null> {
    const keys = await this.options.tenants.run(tenantId, listSigningKeys);
    const last = lastNote === null ? null : openCheckpoint(lastNote, tenantId, keys);
    if (lastNote !== null && last === null) return 'broken';
    if (last?.size === size && !isHourLater(last, signedAt)) return last;
    const larger = await this.newestCopy(tenantId, last?.size ?? null);
    if (larger === null || larger === 'unreachable') return larger ?? last;
    return openCheckpoint(larger, tenantId, keys) ?? 'broken';
  }

  /** @param beyond only of what is larger than this; `null` for whatever there is */
  private async newestCopy(tenantId: string, beyond: number | null): Promise<string | null> {
    let newest: string | null = null;
    let after = beyond === null ? null : copyOf(tenantId, beyond);
    for (let more = true; more;) {
      const listed = await this.options.store.list(folderOf(tenantId), after === null ? {} : { after });
      if (!listed.ok) return this.unreachable(tenantId, listed.error);
      newest = listed.value.objects.at(-1)?.key ?? newest;
      after = newest;
      more = listed.value.more;
    }
    if (newest === null) return null;
    const found = await this.options.store.get(newest);
    return found.ok ? found.value.toString('utf8') : this.unreachable(tenantId, found.error);
  }

  private async follows({ tenantId, keyId, size, head }: DueChain, last: Checkpoint | null): Promise<boolean> {
    if (last !== null && last.size === size) return last.head.equals(head);
    let place: ChainPlace | null = last === null ? null : { seq: last.size, hash: last.head };
    place ??= await this.beginning(tenantId, keyId);
    if (place === null || place.seq > size) return false;
    while (place.seq < size) {
      const { seq } = place;
      const records = await this.options.tenants.run(tenantId, (tx) => readChain(tx, seq, size, PAGE));
      const followed = followChain(tenantId, place, records);
      if (!followed.ok || records.length === 0) return false;
      place = followed.value;
    }
    return place.hash.equals(head);
  }

  /** A chain without a checkpoint has not been pruned either. */
  private async beginning(tenantId: string, keyId: string): Promise<ChainPlace | null> {
    const head = await this.options.tenants.run(tenantId, findHead);
    return head?.prunedSize === 0 ? { seq: 0, hash: genesisHash(tenantId, keyId) } : null;
  }

  private async copy(
    { tenantId, size, head }: DueChain,
    note: string,
    isFirst: boolean,
  ): Promise<'copied' | 'broken' | 'unreachable'> {
    const key = copyOf(tenantId, size, isFirst ? '' : '-latest');
    const stored = await this.options.store.put(key, Buffer.from(note), {
      contentType: 'text/plain; charset=utf-8',
      ...(isFirst ? { ifNoneMatch: '*' as const } : {}),
    });
    if (!stored.ok) return this.unreachable(tenantId, stored.error);
    if (stored.value === 'stored') return 'copied';
    // One of this size is there already: of a process that died before the database knew, or of a chain that was another.
    const found = await this.options.store.get(key);
    if (!found.ok) return this.unreachable(tenantId, found.error);
    const keys = await this.options.tenants.run(tenantId, listSigningKeys);
    const before = openCheckpoint(found.value.toString('utf8'), tenantId, keys);
    return before?.head.equals(head) === true ? 'copied' : 'broken';
  }

  private unreachable(tenantId: string, { code }: ObjectStoreError): 'unreachable' {
    const message = 'audit checkpoints cannot be copied out of the database; they are made when they can';
    this.options.logger.warn(message, { tenant_id: tenantId, code });
    return 'unreachable';
  }
}

/** Ends in a slash. */
function folderOf(tenantId: string): string {
  return `audit/checkpoints/${chainName(tenantId)}/`;
}

/** Of the copies of one size the first comes last in order: after it there are only larger ones. */
function copyOf(tenantId: string, size: number, which: '' | '-latest' = ''): string {
  return `${folderOf(tenantId)}${String(size).padStart(SIZE_DIGITS, '0')}${which}.txt`;
}

function isHourLater(last: Checkpoint, now: Date): boolean {
  return hourOf(last.signedAt) < hourOf(now);
}

function hourOf(moment: Date): number {
  return Math.floor(moment.getTime() / HOUR_MS);
}
