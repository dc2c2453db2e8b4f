import { silentLogger, type DrainTarget, type Logger } from '@hub/platform';
import { type TenantDb, type TenantTx } from '@hub/tenancy';
import { likePatternOf } from '../catalogue/type-pattern';
import { listTargets } from '../endpoints/endpoint.repository';
import { type BusEvent, type Facts } from '../notices/bus-event';
import { noticesOf, wants, type Notice } from '../notices/notice';

const PAGE = 500;

/** Where on the bus a reader stands; what it is made of is the bus's business. */
export interface BusPosition {
  readonly txId: number;
  readonly id: string;
  readonly heardUntil: string | null;
}

/** Port to the bus. All within one transaction. */
export interface Bus {
  /** Null: nobody reads for this tenant, or somebody else does at this moment. */
  lock(tx: TenantTx): Promise<BusPosition | null>;
  read(
    tx: TenantTx,
    after: BusPosition,
    selection: { readonly limit: number; readonly typesLike: readonly string[] },
  ): Promise<{
    readonly events: readonly BusEvent[];
    readonly position: BusPosition;
    readonly more: boolean;
    /** The position is of another database: nothing can be read from there. */
    readonly ahead: boolean;
  }>;
  end(tx: TenantTx): Promise<BusPosition>;
  move(tx: TenantTx, position: BusPosition): Promise<void>;
}

/** Port to what is known of deliveries and connections. */
export type FactFinder = (tx: TenantTx, events: readonly BusEvent[]) => Promise<Facts>;

/** Port to the backlog of the delivery machine. */
export type NoticeBacklog = (tx: TenantTx, notices: readonly Notice[]) => Promise<void>;

export interface FanOutParts {
  /** Must see internal rows. */
  readonly tenants: TenantDb;
  readonly bus: Bus;
  readonly facts: FactFinder;
  readonly backlog: NoticeBacklog;
  readonly ring: (target: DrainTarget) => void;
  readonly logger?: Logger;
}

/**
 * Makes notices of what happened: a page of the bus becomes deliveries, and the cursor moves past it, in one transaction.
 * So each notice is made once, whatever dies when; from there on it is the delivery machine's to see it through.
 */
export class FanOut {
  private readonly logger: Logger;

  constructor(private readonly parts: FanOutParts) {
    this.logger = parts.logger ?? silentLogger;
  }

  /** Reads to the end of what can be read now. @returns how many deliveries it has made. */
  async run(tenantId: string): Promise<number> {
    let made = 0;
    for (;;) {
      const page = await this.parts.tenants.run(tenantId, (tx) => this.page(tx));
      if (page === null) return made;
      for (const connectionId of page.connections) this.parts.ring({ tenantId, connectionId });
      made += page.made;
      if (!page.more) return made;
    }
  }

  private async page(
    tx: TenantTx,
  ): Promise<{ readonly made: number; readonly connections: ReadonlySet<string>; readonly more: boolean } | null> {
    const { bus, facts, backlog } = this.parts;
    const from = await bus.lock(tx);
    if (from === null) return null;
    const targets = await listTargets(tx);
    // What nobody wants to hear of is passed over where it lies: a tenant's successes outnumber everything else.
    const typesLike = [...new Set(targets.flatMap(({ eventTypes }) => eventTypes.map(likePatternOf)))];
    const page = await bus.read(tx, from, { limit: PAGE, typesLike });
    if (page.ahead) {
      // The database was restored from a dump into another cluster. What happened in between cannot be told apart any more.
      this.logger.error('the cursor of webhooks was of another database: it is set to now', { tenant_id: tx.tenantId });
      await bus.move(tx, await bus.end(tx));
      return null;
    }
    const heard = page.events.filter((event) => targets.some((target) => wants(target, event)));
    const notices = noticesOf(heard, targets, await facts(tx, heard));
    await backlog(tx, notices);
    await bus.move(tx, page.position);
    const to = notices.flatMap((notice) => notice.targets.map(({ connectionId }) => connectionId));
    return { made: to.length, connections: new Set(to), more: page.more };
  }
}
