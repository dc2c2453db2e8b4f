import { newUuid } from '@hub/platform';
import { daysAgo, type ArchiveStage, type PlantedEvent } from '../testing/archive-stage';
import { stageDays } from '../testing/stage-days';

const OLD = daysAgo(20);

interface Call {
  readonly kind: string;
  readonly tenant: string;
  readonly object: string;
  readonly ids: readonly string[];
  readonly hashes: readonly string[];
}

/** What the database itself sees to, whatever a worker asks for. */
describe('rows of the default partition', () => {
  let stage: ArchiveStage;
  const archive = stageDays([], (made) => (stage = made));
  /** What a worker calls that has written all of the tenant's events into one object. */
  let right: Call;
  let planted: PlantedEvent[];
  beforeEach(async () => {
    // The last is of a day to come, which has no partition either.
    planted = [await stage.plant(OLD), await stage.plant(OLD), await stage.plant(daysAgo(-12))];
    right = await callFor(stage.tenantId);
  });

  const sql = <Row extends object>(text: string, values: unknown[]): Promise<Row[]> =>
    archive.database.asSuperuser(async (client) => {
      await client.query(`set timezone = 'UTC'`);
      return (await client.query(text, values)).rows as Row[];
    });
  async function callFor(tenant: string): Promise<Call> {
    const rows = await sql<{ id: string; hash: string }>(
      `select id, hashtextextended(row_to_json(r)::text, 0)::text as hash from events r where tenant_id = $1 order by id`,
      [tenant],
    );
    const [ids, hashes] = [rows.map(({ id }) => id), rows.map(({ hash }) => hash)];
    const object = newUuid();
    await sql(
      `insert into archive_objects (tenant_id, id, kind, day, source, object_key, key_id, row_count, first_tx, first_id, last_tx, last_id,
         filter, checksum, sha256, bytes, bytes_stored)
       select $1, $2::uuid, 'events', $3, 'loose', $2::text, gen_random_uuid(), cardinality($4::uuid[]), 0, ($4::uuid[])[1], 0,
         ($4::uuid[])[cardinality($4::uuid[])], '', sum(hash), '', 0, 0 from unnest($5::bigint[]) as hash`,
      [tenant, object, OLD, ids, hashes],
    );
    return { kind: 'events', tenant, object, ids, hashes };
  }
  const purge = async ({ kind, tenant, object, ids, hashes }: Call): Promise<number | undefined> => {
    const [purged] = await archive.database.dispatcher.query<{ rows: number }>(
      `select purge_loose_rows($1, $2, $3, $4::uuid[], $5::bigint[]) as rows`,
      [kind, tenant, object, ids, hashes],
    );
    return purged?.rows;
  };
  const left = async (): Promise<unknown[]> => (await stage.rows()).events.map((row) => row['id']);
  const idOf = (index: number): string => planted[index]?.id ?? '';

  it('leave once the archive holds them, but for the youngest', async () => {
    expect(await purge(right)).toBe(2);
    expect(await left()).toEqual([idOf(2)]);
  });

  it.each<[string, () => Call | Promise<Call>]>([
    ['no object', () => ({ ...right, object: newUuid() })],
    ['another tenant’s object', async () => ({ ...right, object: await foreignCopy() })],
    ['an object of another kind', () => ({ ...right, kind: 'deliveries' })],
    ['an object with more rows', () => ({ ...right, ids: right.ids.slice(1) })],
    ['an object with other rows', () => ({ ...right, hashes: right.hashes.map(() => '1') })],
  ])('stay where %s holds them', async (_what, call) => {
    await expect(purge(await call())).rejects.toMatchObject({ code: '55000' });
    expect(await left()).toHaveLength(3);
  });

  it.each<[string, string]>([
    ['has changed since', `update events set deliveries_succeeded = 7 where tenant_id = $1 and id = $2`],
    [
      'is to be kept',
      `insert into archive_kept (tenant_id, tracking_id, reason, until) values ($1, $2, 'restored', now() + interval '1 day')`,
    ],
  ])('stay where one %s: that one alone', async (_what, change) => {
    await sql(change, [stage.tenantId, idOf(0)]);
    expect(await purge(right)).toBe(1);
    expect(await left()).toEqual([idOf(0), idOf(2)]);
  });

  /** The same object, but for whose it is. */
  async function foreignCopy(): Promise<string> {
    const [other, object] = [(await archive.database.createTenant()).id, newUuid()];
    await sql(
      `insert into archive_objects
       select (jsonb_populate_record(o, jsonb_build_object('tenant_id', $1::text, 'id', $2::text))).* from archive_objects o where id = $3`,
      [other, object, right.object],
    );
    return object;
  }
});
