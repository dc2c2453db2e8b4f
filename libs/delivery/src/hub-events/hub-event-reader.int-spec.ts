import { newUuid } from '@hub/platform';
import { TenantDb, type TenantTx } from '@hub/tenancy';
import { createTestDatabase, waitUntil, type TestDatabase } from '@hub/testing';
import {
  closeHubEventCursor,
  lockHubEventCursor,
  moveHubEventCursor,
  openHubEventCursor,
  tenantsWithHubEvents,
} from './hub-event-cursor';
import { endOfHubEvents, readHubEvents, type HubEventSelection } from './hub-event-reader';
import { type HubEventPosition } from './hub-event.types';

/** Before all that has ever happened. */
const START_OF_HUB_EVENTS: HubEventPosition = { txId: 0, id: '00000000-0000-0000-0000-000000000000', heardUntil: null };

let database: TestDatabase;
let tenants: TenantDb;
let tenant: string;
beforeAll(async () => {
  database = await createTestDatabase();
  tenants = new TenantDb(database.app);
});
afterAll(() => database?.close());
beforeEach(async () => {
  tenant = (await database.createTenant()).id;
});

const tell = (tx: TenantTx, type: string, id = newUuid()): Promise<unknown> =>
  tx.query(`insert into hub_events (tenant_id, id, type) values ($1, $2, $3)`, [tx.tenantId, id, type]);
const told = (type: string, id?: string): Promise<unknown> => tenants.run(tenant, (tx) => tell(tx, type, id));
const end = (): Promise<HubEventPosition> => tenants.run(tenant, endOfHubEvents);

/** A consumer that remembers its position. */
class Reader {
  readonly seen: string[] = [];
  constructor(
    private position: HubEventPosition,
    private readonly selection: HubEventSelection = { limit: 2 },
  ) {}

  async read(): Promise<void> {
    for (;;) {
      const page = await tenants.run(tenant, (tx) => readHubEvents(tx, this.position, this.selection));
      this.seen.push(...page.events.map(({ type }) => type));
      this.position = page.position;
      if (!page.more) return;
    }
  }

  /** Other tests' transactions on the same server hold the horizon back as well. */
  readUntil(count: number): Promise<unknown> {
    return waitUntil(`${count} hub events`, async () => {
      await this.read();
      return this.seen.length >= count ? this.seen : null;
    });
  }
}

describe('reading the bus', () => {
  it('gives every event once, page by page', async () => {
    const reader = new Reader(START_OF_HUB_EVENTS);
    for (const type of ['a', 'b', 'c', 'd', 'e']) await told(type);
    await reader.readUntil(5);
    await told('f');
    await reader.readUntil(6);
    expect(reader.seen).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  it('loses nothing that commits late, whatever its id and its turn', async () => {
    const reader = new Reader(await end());
    let written = (): void => undefined;
    let commit = (): void => undefined;
    const isWritten = new Promise<void>((resolve) => (written = resolve));
    const mayCommit = new Promise<void>((resolve) => (commit = resolve));
    const late = tenants.run(tenant, async (tx) => {
      await tell(tx, 'late');
      written();
      await mayCommit;
    });
    await isWritten;
    // Later ids, later transactions, committed earlier: a cursor that went by either would pass the late one by.
    await told('early');
    await told('earlier', '00000000-0000-7000-8000-000000000001');
    await reader.read();
    expect(reader.seen).toEqual([]);
    commit();
    await late;
    await reader.readUntil(3);
    expect(reader.seen).toEqual(['late', 'early', 'earlier']);
  });

  it('loses nothing that was told long before the reader last moved', async () => {
    const minutesAgo = (tx: TenantTx, type: string, minutes: number): Promise<unknown> =>
      tx.query(
        `insert into hub_events (tenant_id, id, type, created_at) values ($1, $2, $3, now() - $4 * interval '1 minute')`,
        [tx.tenantId, newUuid(), type, minutes],
      );
    await tenants.run(tenant, (tx) => openHubEventCursor(tx, 'webhooks'));
    let begun = (): void => undefined;
    let commit = (): void => undefined;
    const hasBegun = new Promise<void>((resolve) => (begun = resolve));
    const mayCommit = new Promise<void>((resolve) => (commit = resolve));
    // Open for an hour: all that happened meanwhile waits behind it, and the reader moves only as far as it.
    const slow = tenants.run(tenant, async (tx) => {
      await minutesAgo(tx, 'slow', 55);
      begun();
      await mayCommit;
    });
    await hasBegun;
    await tenants.run(tenant, (tx) => minutesAgo(tx, 'quick', 50));
    const seen: string[] = [];
    const look = (): Promise<void> =>
      tenants.run(tenant, async (tx) => {
        const from = await lockHubEventCursor(tx, 'webhooks', { wait: true });
        if (from === null) throw new Error('the cursor is gone');
        const page = await readHubEvents(tx, from, { limit: 10 });
        seen.push(...page.events.map(({ type }) => type));
        await moveHubEventCursor(tx, 'webhooks', page.position);
      });
    await look();
    expect(seen).toEqual([]);
    commit();
    await slow;
    await waitUntil('both', async () => {
      await look();
      return seen.length >= 2;
    });
    expect(seen).toEqual(['slow', 'quick']);
  });

  it('forgets what was rolled back', async () => {
    const reader = new Reader(await end());
    await expect(
      tenants.run(tenant, async (tx) => {
        await tell(tx, 'never');
        throw new Error('rolled back');
      }),
    ).rejects.toThrow('rolled back');
    await told('after');
    await reader.readUntil(1);
    expect(reader.seen).toEqual(['after']);
  });

  it('begins with what is being written at the moment', async () => {
    let reader: Reader | undefined;
    await tenants.run(tenant, async (tx) => {
      await tell(tx, 'under way');
      reader = new Reader(await end());
    });
    await reader?.readUntil(1);
    expect(reader?.seen).toEqual(['under way']);
  });

  it('moves on past what it was not asked for', async () => {
    const reader = new Reader(await end(), { limit: 1, typesLike: ['delivery.%', 'sync.failing'] });
    for (const type of ['delivery.dead', 'other.thing', 'sync.failing', 'sync.recovered', 'delivery.succeeded'])
      await told(type);
    await reader.readUntil(3);
    expect(reader.seen).toEqual(['delivery.dead', 'sync.failing', 'delivery.succeeded']);
  });

  it('sees the tenant’s own events alone', async () => {
    const stranger = (await database.createTenant()).id;
    await tenants.run(stranger, (tx) => tell(tx, 'foreign'));
    await told('own');
    const reader = new Reader(START_OF_HUB_EVENTS);
    await reader.readUntil(1);
    expect(reader.seen).toEqual(['own']);
  });

  it('says when a position is of another cluster', async () => {
    const here = await end();
    const page = await tenants.run(tenant, (tx) =>
      readHubEvents(tx, { ...here, txId: here.txId + 1_000_000_000 }, { limit: 10 }),
    );
    expect(page).toMatchObject({ events: [], ahead: true });
  });
});

describe('the cursor of a consumer', () => {
  const lock = (tx: TenantTx): Promise<HubEventPosition | null> => lockHubEventCursor(tx, 'webhooks', { wait: false });

  it('is opened once, at the end, and makes its tenant one to look at when there is news', async () => {
    await told('before');
    await tenants.run(tenant, (tx) => openHubEventCursor(tx, 'webhooks'));
    const first = await tenants.run(tenant, lock);
    await told('news');
    await tenants.run(tenant, (tx) => openHubEventCursor(tx, 'webhooks'));
    expect(await tenants.run(tenant, lock)).toEqual(first);
    await waitUntil('news', async () =>
      (await tenantsWithHubEvents(database.dispatcher, 'webhooks')).includes(tenant) ? true : null,
    );
    await tenants.run(tenant, async (tx) => moveHubEventCursor(tx, 'webhooks', await endOfHubEvents(tx)));
    await waitUntil('no more news', async () =>
      (await tenantsWithHubEvents(database.dispatcher, 'webhooks')).includes(tenant) ? null : true,
    );
    await tenants.run(tenant, (tx) => closeHubEventCursor(tx, 'webhooks'));
    expect(await tenants.run(tenant, lock)).toBeNull();
  });

  it('is held by one reader at a time', async () => {
    await tenants.run(tenant, (tx) => openHubEventCursor(tx, 'webhooks'));
    await tenants.run(tenant, async (tx) => {
      expect(await lock(tx)).not.toBeNull();
      expect(await tenants.run(tenant, lock)).toBeNull();
    });
  });
});
