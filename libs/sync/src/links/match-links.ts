import { type ExistingRecord } from '@hub/connector-sdk';
import { type TenantTx } from '@hub/tenancy';
import { type LinkGraph } from './link-graph';
import { loadLinks, lockLinks, writeGraph } from './link-store';
import { systemKey, type RecordRef } from './link.types';
import { type MatchDecision } from './match-decision';
import { type LinkedRecord } from './record-writes';

/** A record of a source that is not known in the connection's system yet. */
export interface UnlinkedRecord {
  readonly source: RecordRef;
  /** @param free those of the existing records that no other record of the source is linked with. */
  decide(free: readonly ExistingRecord[]): MatchDecision;
}

export type MatchOutcome =
  | MatchDecision
  /** Somebody else has linked the record meanwhile. */
  | { readonly kind: 'linked' };

/**
 * Links what is found to be one. The decision is made under the lock of the type's links: of two records of a source that
 * match one, whoever comes first has it, and it is no match for the other any more.
 * @returns one outcome for each, and the records of every link that has gained an end.
 */
export async function linkMatches(
  tx: TenantTx,
  type: string,
  connectionId: string,
  wanted: readonly UnlinkedRecord[],
  existing: readonly ExistingRecord[],
): Promise<{ readonly outcomes: readonly MatchOutcome[]; readonly linked: readonly LinkedRecord[] }> {
  const system = { connectionId, source: '' };
  const refOf = (recordId: string): RecordRef => ({ system, recordId });
  await lockLinks(tx, [type]);
  const records = [...wanted.map(({ source }) => source), ...existing.map(({ id }) => refOf(id))];
  const { graph } = await loadLinks(tx, type, records);
  const outcomes = wanted.map(({ source, decide }): MatchOutcome => {
    if (isLinkedWith(graph, source, systemKey(system))) return { kind: 'linked' };
    const free = existing.filter(({ id }) => !isLinkedWith(graph, refOf(id), systemKey(source.system)));
    const decision = decide(free);
    if (decision.kind === 'one') graph.join(source, refOf(decision.record.id));
    return decision;
  });
  const change = graph.change();
  await writeGraph(tx, type, change);
  const linked = change.grown.flatMap((link) => graph.endsOf(link).map(({ recordId }) => ({ type, recordId })));
  return { outcomes, linked };
}

function isLinkedWith(graph: LinkGraph, record: RecordRef, system: string): boolean {
  const end = graph.find(record);
  return end !== undefined && graph.endsOf(end.linkId).some((other) => other.system === system);
}
