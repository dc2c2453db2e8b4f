import { classifyDatabaseError, Database } from '@hub/database';
import { TenantDb } from '@hub/tenancy';
import { leftBehind, NOTHING } from './left-behind';

const CONNECTIONS = 4;

/** Transactions of several tenants that take turns on a few pooled connections, as long as this is open. */
export class Borrowers {
  private readonly database: Database;
  private readonly tenants: TenantDb;
  private readonly lanes: Promise<void>[];
  private isOver = false;
  /** What a transaction has met beside its own tenant and a database that is away. */
  private readonly foreign: unknown[] = [];
  private cut = 0;

  constructor(url: string, tenants: readonly string[]) {
    this.database = new Database({ url, poolSize: CONNECTIONS, applicationName: 'test-borrowers' });
    this.tenants = new TenantDb(this.database);
    this.lanes = tenants.flatMap((tenant) => Array.from({ length: CONNECTIONS }, () => this.lane(tenant)));
  }

  /** Whatever happened to the connections meanwhile: nobody saw another's rows, and nobody finds another's setting. */
  async expectNothingLeaked(): Promise<void> {
    await this.end();
    expect(this.foreign).toEqual([]);
    expect(this.cut).toBeGreaterThan(0);
    const left = await Promise.all(Array.from({ length: CONNECTIONS }, () => leftBehind(this.database)));
    expect(left).toEqual(Array(CONNECTIONS).fill(NOTHING));
  }

  async close(): Promise<void> {
    await this.end();
    await this.database.close();
  }

  private async end(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.lanes);
  }

  private async lane(tenant: string): Promise<void> {
    while (!this.isOver) {
      try {
        const seen = await this.tenants.run(tenant, (tx) => tx.query<{ id: string }>('select id from tenants'));
        if (seen.length !== 1 || seen[0]?.id !== tenant) this.foreign.push(seen);
      } catch (error) {
        if (classifyDatabaseError(error) === 'unavailable') this.cut++;
        else this.foreign.push(error);
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}
