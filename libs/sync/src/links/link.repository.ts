import { err, newUuid, notFound, ok, problem, type InputFault, type Problem, type Result } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { END_COLUMNS, loadLinks, lockLinks, writeGraph } from './link-store';
import { LinkGraph } from './link-graph';
import { systemKey, type LinkEndRow, type LinkRow, type RecordRef } from './link.types';

export interface LinkFilter {
  readonly type?: string;
  readonly connectionId?: string;
  readonly source?: string;
  readonly object?: string;
  readonly recordId?: string;
  /** Links of which an end is, or none is, gone at its system. */
  readonly deleted?: boolean;
}

/** Newest first. `before` is the id of the last one on the page before. */
export async function listLinks(
  tx: TenantTx,
  page: { readonly limit: number; readonly before: string | null },
  filter: LinkFilter = {},
): Promise<LinkRow[]> {
  const ofEnd = [filter.connectionId, filter.source, filter.object, filter.recordId].some((one) => one !== undefined);
  const links = await tx.query<Omit<LinkRow, 'ends'>>(
    `select l.id, l.type, l.created_at, l.updated_at from record_links l
     where l.tenant_id = $1 and ($2::uuid is null or l.id < $2) and ($3::text is null or l.type = $3)
       and ($4::boolean is null or $4 = exists (
         select 1 from record_link_ends d where d.tenant_id = $1 and d.link_id = l.id and d.deleted))
       ${
         ofEnd
           ? `and l.id in (select e.link_id from record_link_ends e where e.tenant_id = $1
              and ($6::uuid is null or e.connection_id = $6)
              and ($7::text is null or (e.connection_id is null and e.source = $7))
              and ($8::text is null or e.object = $8) and ($9::text is null or e.record_id = $9))`
           : ''
       }
     order by l.id desc limit $5`,
    [
      tx.tenantId,
      page.before,
      filter.type ?? null,
      filter.deleted ?? null,
      page.limit,
      ...(ofEnd
        ? [filter.connectionId ?? null, filter.source ?? null, filter.object ?? null, filter.recordId ?? null]
        : []),
    ],
  );
  return withEnds(tx, links);
}

export async function findLink(tx: TenantTx, id: string): Promise<LinkRow | null> {
  const links = await tx.query<Omit<LinkRow, 'ends'>>(
    `select id, type, created_at, updated_at from record_links where tenant_id = $1 and id = $2`,
    [tx.tenantId, id],
  );
  const [link] = await withEnds(tx, links);
  return link ?? null;
}

/**
 * Says that records are one. A record that is known but joined to none is taken into the new link; one that is joined to
 * another is a 409 that names that link.
 */
export async function createLink(
  tx: TenantTx,
  type: string,
  records: readonly RecordRef[],
): Promise<Result<LinkRow, Problem>> {
  const unusable = [...twiceFaults(records), ...(await unknownConnections(tx, records))];
  if (unusable.length > 0)
    return err(problem('unprocessable', 'invalid_link', 'The link cannot be made.', { faults: unusable }));
  await lockLinks(tx, [type]);
  const { graph } = await loadLinks(tx, type, records);
  const taken = records.flatMap((record, index): InputFault[] => {
    const end = graph.find(record);
    const joined = end !== undefined && graph.endsOf(end.linkId).length > 1;
    return joined
      ? [{ pointer: `/ends/${index}`, code: 'record_linked', message: 'This record is linked already' }]
      : [];
  });
  if (taken.length > 0) {
    return err(
      problem('conflict', 'record_linked', 'A record of these is linked to others already.', { faults: taken }),
    );
  }
  const [first, ...others] = records as readonly [RecordRef, ...RecordRef[]];
  const { linkId } = graph.ensure(first);
  for (const other of others) graph.join(first, other);
  await writeGraph(tx, type, graph.change());
  return ok(await mustFind(tx, linkId));
}

/** Takes all ends of `from` into `id`. Two records of one system cannot be one: then nothing is changed. */
export async function mergeLinks(tx: TenantTx, id: string, from: string): Promise<Result<LinkRow, Problem>> {
  const found = await lockLink(tx, id);
  const other = found === null ? null : await findLink(tx, from);
  if (found === null) return err(notFound('link'));
  if (other === null) return err(invalidMerge('unknown_link', 'There is no such link'));
  if (other.id === id) return err(invalidMerge('same_link', 'A link cannot be merged with itself'));
  if (other.type !== found.type) return err(invalidMerge('other_type', 'The links are of different types'));
  const contradicting = other.ends.filter((end) => found.ends.some((own) => own.system === end.system));
  if (contradicting.length > 0) {
    return err(
      problem(
        'conflict',
        'links_contradict',
        'Both links hold a record of the same system. Take one of them out first.',
        {
          faults: contradicting.map(() => ({
            pointer: '/link_id',
            code: 'same_system',
            message: 'Both links hold a record of this system',
          })),
        },
      ),
    );
  }
  const graph = graphOf([...found.ends, ...other.ends]);
  graph.merge(id, from);
  await writeGraph(tx, found.type, graph.change());
  return ok(await mustFind(tx, id));
}

/**
 * Takes one record out of a link. What is remembered of it stays, on a link of its own; with the last one the link goes,
 * and the hub forgets the record.
 */
export async function removeLinkEnd(tx: TenantTx, id: string, endId: string): Promise<Result<null, Problem>> {
  const link = await lockLink(tx, id);
  const end = link?.ends.find((candidate) => candidate.id === endId);
  if (link === null || end === undefined) return err(notFound('link'));
  if (link.ends.length === 1) return deleteLocked(tx, id);
  const own = newUuid();
  await tx.query(`insert into record_links (tenant_id, id, type) values ($1, $2, $3)`, [tx.tenantId, own, link.type]);
  await tx.query(`update record_link_ends set link_id = $3, updated_at = now() where tenant_id = $1 and id = $2`, [
    tx.tenantId,
    endId,
    own,
  ]);
  await tx.query(`update record_links set updated_at = now() where tenant_id = $1 and id = $2`, [tx.tenantId, id]);
  return ok(null);
}

/** Forgets the link and all that is remembered of its records: when they change again, they are new to the hub. */
export async function deleteLink(tx: TenantTx, id: string): Promise<Result<null, Problem>> {
  return (await lockLink(tx, id)) === null ? err(notFound('link')) : deleteLocked(tx, id);
}

async function deleteLocked(tx: TenantTx, id: string): Promise<Result<null, Problem>> {
  await tx.query(`delete from record_link_ends where tenant_id = $1 and link_id = $2`, [tx.tenantId, id]);
  await tx.query(`delete from record_links where tenant_id = $1 and id = $2`, [tx.tenantId, id]);
  return ok(null);
}

/** The link as it is once nobody else can change links of its type. */
async function lockLink(tx: TenantTx, id: string): Promise<LinkRow | null> {
  const found = await findLink(tx, id);
  if (found === null) return null;
  await lockLinks(tx, [found.type]);
  return findLink(tx, id);
}

async function withEnds(tx: TenantTx, links: readonly Omit<LinkRow, 'ends'>[]): Promise<LinkRow[]> {
  if (links.length === 0) return [];
  const ends = await tx.query<LinkEndRow & Record<string, unknown>>(
    `select ${END_COLUMNS} from record_link_ends e where e.tenant_id = $1 and e.link_id = any($2::uuid[]) order by e.id`,
    [tx.tenantId, links.map((link) => link.id)],
  );
  return links.map((link) => ({ ...link, ends: ends.filter((end) => end.link_id === link.id) }));
}

async function mustFind(tx: TenantTx, id: string): Promise<LinkRow> {
  const link = await findLink(tx, id);
  if (link === null) throw new Error('a link that was just written is gone');
  return link;
}

function graphOf(ends: readonly LinkEndRow[]): LinkGraph {
  return new LinkGraph(
    ends.map((end) => ({ id: end.id, linkId: end.link_id, system: end.system, recordId: end.record_id })),
    newUuid,
  );
}

function twiceFaults(records: readonly RecordRef[]): InputFault[] {
  const seen = new Set<string>();
  return records.flatMap(({ system }, index) => {
    const key = systemKey(system);
    const twice = seen.has(key);
    seen.add(key);
    return twice
      ? [{ pointer: `/ends/${index}`, code: 'same_system', message: 'A link joins one record of each system' }]
      : [];
  });
}

/** The key-share lock holds off the deletion of a connection until the link is committed. */
async function unknownConnections(tx: TenantTx, records: readonly RecordRef[]): Promise<InputFault[]> {
  const wanted = records.flatMap(({ system }) => system.connectionId ?? []);
  const rows = await tx.query<{ id: string }>(
    `select id from connections where tenant_id = $1 and id = any($2::uuid[]) and deleted_at is null for key share`,
    [tx.tenantId, wanted],
  );
  const known = new Set(rows.map((row) => row.id));
  return records.flatMap(({ system: { connectionId } }, index) =>
    connectionId === null || known.has(connectionId)
      ? []
      : [
          {
            pointer: `/ends/${index}/connection_id`,
            code: 'unknown_connection',
            message: 'There is no such connection',
          },
        ],
  );
}

function invalidMerge(code: string, message: string): Problem {
  return problem('unprocessable', 'invalid_merge', 'The links cannot be merged.', {
    faults: [{ pointer: '/link_id', code, message }],
  });
}
