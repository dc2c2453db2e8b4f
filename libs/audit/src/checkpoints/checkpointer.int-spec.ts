import fs from 'node:fs';
import path from 'node:path';
import { stageAudit, type AuditStage } from '../fixtures/audit-stage';
import { findHead } from '../chain/chain.repository';
import { openCheckpoint, chainName, signCheckpoint, type Checkpoint } from './checkpoint';
import { findDueChains, keepCheckpoints, newestCheckpoint } from './checkpoint.repository';

let stage: AuditStage;
let tenant: string;
let minutes = 0;
stageAudit(async (...made) => {
  [stage, tenant] = made;
  // One chain at a time: those of before need no more checkpoints.
  await stage.database.asSuperuser((client) => client.query('truncate audit_heads, audit_records, audit_checkpoints'));
});

/** Signed in the past, so that the chain is due again at once. */
const sign = (later = 1) =>
  stage.checkpointer(() => new Date(Date.UTC(2026, 0, 1) + (minutes += later) * 60_000)).signDue();
const open = (note: string | null): Checkpoint | null =>
  note === null ? null : openCheckpoint(note, tenant, [stage.key.publicKey]);
const newest = async () => open(await stage.tenants.run(tenant, newestCheckpoint));
const rows = () =>
  stage.tenants.run(tenant, (tx) =>
    tx.query<{ size: number; place: string }>(
      'select size, place from audit_checkpoints where tenant_id = $1 order by size, signed_at',
      [tenant],
    ),
  );
const folderOf = (): string => path.join(stage.folder, 'audit/checkpoints', chainName(tenant));
const copyOf = (size: number): string => path.join(folderOf(), `${String(size).padStart(12, '0')}.txt`);
const outside = (): string[] => {
  const folder = folderOf();
  return fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
};
const tamper = (sql: string) => stage.database.asSuperuser((client) => client.query(sql, [tenant]));

it('signs how long a chain is and where it ends, and keeps a copy outside the database', async () => {
  await stage.append(tenant, 1, 3);
  expect(await sign()).toEqual({ signed: 1, broken: 0 });
  const head = await stage.tenants.run(tenant, findHead);
  expect(await newest()).toMatchObject({ size: 3, head: head?.hash });
  expect(outside()).toEqual(['000000000003.txt']);
  expect(open(fs.readFileSync(copyOf(3), 'utf8'))).toEqual(await newest());
});

it('signs silence, of which it keeps the beginning and the end, and a copy an hour', async () => {
  await stage.append(tenant, 1, 1);
  for (let minute = 0; minute < 5; minute++) await sign();
  expect(await rows()).toEqual([
    { size: 1, place: 'first' },
    { size: 1, place: 'latest' },
  ]);
  expect(await newest()).toMatchObject({ signedAt: new Date(Date.UTC(2026, 0, 1) + minutes * 60_000) });
  await sign(60);
  expect(outside()).toContain('000000000001-latest.txt');
  await stage.append(tenant, 2, 2);
  await sign();
  expect((await rows()).map(({ size, place }) => `${size} ${place}`)).toEqual(['1 first', '1 latest', '2 first']);
});

it('does not sign again what was signed within the minute, but for a thousand records', async () => {
  await stage.append(tenant, 1, 1);
  await sign();
  const now = stage.checkpointer(() => new Date());
  expect(await now.signDue()).toEqual({ signed: 1, broken: 0 });
  await stage.append(tenant, 2, 2);
  expect(await now.signDue()).toEqual({ signed: 0, broken: 0 });
  await stage.tenants.run(tenant, (tx) =>
    tx.query(
      `insert into audit_records (tenant_id, id, record) select $1, gen_random_uuid(), '{}' from generate_series(1, 1000)`,
      [tenant],
    ),
  );
  expect(await now.signDue()).toEqual({ signed: 1, broken: 0 });
  expect(await newest()).toMatchObject({ size: 1_002 });
});

/** What the owner of the database can do, and make it look right again. */
const rewriteWhole = (seq: number): string => `with recursive chain as (
    select r.seq, r.record::text as text, r.prev, r.hash from audit_records r where r.tenant_id = $1 and r.seq = 1
    union all
    select r.seq, case when r.seq = ${seq} then '{"forged":true}' else r.record::text end, c.hash,
      sha256('\\x01'::bytea || uuid_send($1::uuid) || int8send(r.seq) || c.hash
        || sha256(convert_to(case when r.seq = ${seq} then '{"forged":true}' else r.record::text end, 'UTF8')))
    from chain c join audit_records r on r.tenant_id = $1 and r.seq = c.seq + 1
  ), written as (
    update audit_records r set record = c.text::json, prev = c.prev, hash = c.hash from chain c where r.tenant_id = $1 and r.seq = c.seq
  )
  update audit_heads set hash = (select hash from chain order by seq desc limit 1) where tenant_id = $1`;

describe('signs no more when', () => {
  const REWRITE = `update audit_records set record = '{"forged":true}' where tenant_id = $1 and seq = 2`;
  it.each<[string, string[]]>([
    ['a new record has been changed', [REWRITE]],
    ['a record gives another hash', [`update audit_records set hash = sha256('x') where tenant_id = $1 and seq = 3`]],
    [
      'a record names another before it',
      [`update audit_records set prev = sha256('x') where tenant_id = $1 and seq = 3`],
    ],
    ['a new record is missing', ['delete from audit_records where tenant_id = $1 and seq = 3']],
    ['the last record is missing', ['delete from audit_records where tenant_id = $1 and seq = 4']],
    ['the head is that of no record', [`update audit_heads set hash = sha256('another') where tenant_id = $1`]],
    ['the head has been moved back', ['update audit_heads set seq = 1 where tenant_id = $1']],
  ])('%s', async (_what, changes) => {
    await stage.append(tenant, 1, 1);
    await sign();
    await stage.append(tenant, 2, 4);
    for (const change of changes) await tamper(change);
    const before = await newest();
    expect(await sign()).toEqual({ signed: 0, broken: 1 });
    expect(await newest()).toEqual(before);
  });

  it.each<[string, string[]]>([
    ['a signed chain was written anew', [rewriteWhole(2)]],
    [
      'it was written anew, and its checkpoints are gone',
      [rewriteWhole(2), 'delete from audit_checkpoints where tenant_id = $1'],
    ],
    [
      'it was cut off, and its checkpoints with it',
      [
        'delete from audit_records where tenant_id = $1 and seq > 2',
        `update audit_heads h set seq = 2, hash = (select hash from audit_records where tenant_id = h.tenant_id and seq = 2) where tenant_id = $1`,
        'delete from audit_checkpoints where tenant_id = $1',
      ],
    ],
    [
      'a checkpoint was made by somebody else',
      [`update audit_checkpoints set note = replace(note, E'\\n4\\n', E'\\n3\\n') where tenant_id = $1`],
    ],
  ])('%s', async (_what, changes) => {
    await stage.append(tenant, 1, 4);
    await sign();
    for (const change of changes) await tamper(change);
    await stage.append(tenant, 5, 5);
    expect(await sign()).toEqual({ signed: 0, broken: 1 });
  });
});

describe('signs no more when the newest checkpoint is gone from the database alone, and the chain', () => {
  const LOSE_NEWEST = 'delete from audit_checkpoints where tenant_id = $1 and size = 4';
  const cutTo = (size: number): string[] => [
    `delete from audit_records where tenant_id = $1 and seq > ${size}`,
    `update audit_heads h set seq = ${size}, hash = (select hash from audit_records where tenant_id = h.tenant_id and seq = ${size}) where tenant_id = $1`,
  ];

  it.each<[string, string[]]>([
    ['was written anew', [rewriteWhole(3)]],
    ['was cut off', cutTo(3)],
  ])('%s', async (_what, changes) => {
    await stage.append(tenant, 1, 2);
    await sign();
    await stage.append(tenant, 3, 4);
    await sign();
    for (const change of [LOSE_NEWEST, ...changes]) await tamper(change);
    await stage.append(tenant, 5, 6);
    expect(await sign()).toEqual({ signed: 0, broken: 1 });
  });

  it('is there, and its copy is what nobody has signed', async () => {
    await stage.append(tenant, 1, 2);
    await sign();
    await stage.append(tenant, 3, 4);
    await sign();
    await tamper(LOSE_NEWEST);
    fs.writeFileSync(copyOf(4), 'something else');
    await stage.append(tenant, 5, 5);
    expect(await sign()).toEqual({ signed: 0, broken: 1 });
  });

  it('was cut off, and has more copies than the store lists at once', async () => {
    for (let size = 1; size <= 3; size++) {
      await stage.append(tenant, size, size);
      await sign();
    }
    for (const change of ['delete from audit_checkpoints where tenant_id = $1', ...cutTo(2)]) await tamper(change);
    const list = stage.store.list.bind(stage.store);
    const paged = jest
      .spyOn(stage.store, 'list')
      .mockImplementation((prefix, options) => list(prefix, { ...options, limit: 1 }));
    expect(await sign()).toEqual({ signed: 0, broken: 1 });
    paged.mockRestore();
  });

  it('was cut off to where the one before it was made: with the next hour’s copy', async () => {
    await stage.append(tenant, 1, 2);
    await sign();
    await stage.append(tenant, 3, 4);
    await sign();
    for (const change of [LOSE_NEWEST, ...cutTo(2)]) await tamper(change);
    expect(await sign(60)).toEqual({ signed: 0, broken: 1 });
  });
});

it('goes on from the copy where the database has lost the newest checkpoint, and nothing else', async () => {
  await stage.append(tenant, 1, 2);
  await sign();
  await stage.append(tenant, 3, 4);
  await sign();
  await tamper('delete from audit_checkpoints where tenant_id = $1 and size = 4');
  expect(await sign()).toEqual({ signed: 1, broken: 0 });
  await tamper('delete from audit_checkpoints where tenant_id = $1 and size = 4');
  await stage.append(tenant, 5, 5);
  expect(await sign()).toEqual({ signed: 1, broken: 0 });
});

it('goes on after a process that died between the copy and the database', async () => {
  await stage.append(tenant, 1, 2);
  await sign();
  await tamper('delete from audit_checkpoints where tenant_id = $1');
  expect(await sign()).toEqual({ signed: 1, broken: 0 });
  await tamper('delete from audit_checkpoints where tenant_id = $1');
  await stage.append(tenant, 3, 3);
  expect(await sign()).toEqual({ signed: 1, broken: 0 });
});

it('signs nothing while no copy can be kept, and does when it can', async () => {
  await stage.append(tenant, 1, 1);
  const full = jest
    .spyOn(stage.store, 'put')
    .mockResolvedValue({ ok: false, error: { code: 'full', message: 'no room' } });
  expect(await sign()).toEqual({ signed: 0, broken: 0 });
  full.mockRestore();
  expect(await newest()).toBeNull();
  expect(await sign()).toEqual({ signed: 1, broken: 0 });
});

it('leaves a chain alone that another worker has signed since it was found to be due', async () => {
  await stage.append(tenant, 1, 1);
  const list = stage.store.list.bind(stage.store);
  const looking = jest.spyOn(stage.store, 'list').mockImplementationOnce(async (prefix, options) => {
    await stage.append(tenant, 2, 3);
    expect(await sign()).toEqual({ signed: 1, broken: 0 });
    return list(prefix, options);
  });
  expect(await sign()).toEqual({ signed: 0, broken: 0 });
  looking.mockRestore();
  expect(await newest()).toMatchObject({ size: 3 });
});

it('signs nothing over a length of which a copy tells something else, and leaves that copy as it is', async () => {
  await stage.append(tenant, 1, 2);
  const other = signCheckpoint(tenant, { size: 2, head: Buffer.alloc(32), signedAt: new Date(0) }, stage.key);
  const put = stage.store.put.bind(stage.store);
  const copying = jest.spyOn(stage.store, 'put').mockImplementationOnce(async (key, body, options) => {
    await put(key, Buffer.from(other));
    return put(key, body, options);
  });
  expect(await sign()).toEqual({ signed: 0, broken: 1 });
  copying.mockRestore();
  expect(fs.readFileSync(copyOf(2), 'utf8')).toBe(other);
});

it('keeps the first checkpoint over a length, whoever makes one after it', async () => {
  const first = { tenantId: tenant, size: 1, signedAt: new Date(0), isFirst: true };
  for (const note of ['the first', 'another']) await keepCheckpoints(stage.database.dispatcher, [{ ...first, note }]);
  expect(await stage.tenants.run(tenant, newestCheckpoint)).toBe('the first');
});

it('begins with what was never signed, however many chains are due', async () => {
  await stage.append(tenant, 1, 1);
  await sign();
  const fresh = (await stage.database.createTenant()).id;
  await stage.append(fresh, 1, 1);
  expect(await findDueChains(stage.database.dispatcher, 50, 1)).toMatchObject([{ tenantId: fresh, lastNote: null }]);
});

it('goes on with other chains where one is broken', async () => {
  await stage.append(tenant, 1, 1);
  await sign();
  const broken = (await stage.database.createTenant()).id;
  await stage.append(broken, 1, 1);
  await stage.database.asSuperuser((client) =>
    client.query(`update audit_records set record = '{"forged":true}' where tenant_id = $1`, [broken]),
  );
  // The broken one comes first: it was never signed.
  expect(await sign()).toEqual({ signed: 1, broken: 1 });
});

it('of one chain is none of another', async () => {
  await stage.append(tenant, 1, 1);
  await sign();
  const note = await stage.tenants.run(tenant, newestCheckpoint);
  const other = (await stage.database.createTenant()).id;
  expect(openCheckpoint(note ?? '', other, [stage.key.publicKey])).toBeNull();
});
