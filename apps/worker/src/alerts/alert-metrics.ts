import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { ALERT_RULES, SEVERITIES } from '@hub/alerts';
import { type Database } from '@hub/database';
import { toPublicId } from '@hub/platform';

interface OpenRow {
  rule: string;
  severity: string;
  n: number;
}

/** Columns of the books that are a metric. A closed list: it is what the label may be. */
const FIGURES = [
  'events',
  'events_unrouted',
  'made',
  'replays',
  'open',
  'succeeded',
  'dead',
  'cancelled',
  'superseded',
] as const;

/** Whose books do not balance is said by name, and there ought to be none: more than these would be one cause, and many series. */
const MOST_NAMED = 50;

/** Metrics of alerts and books, over all tenants. Labels are bounded: of tenants and ids there are {@link MOST_NAMED} at most. */
export class AlertMetrics {
  readonly looks: Histogram;
  readonly failures: Counter<'rule'>;
  private readonly notifications: Counter<'channel' | 'outcome'>;
  private readonly open: Gauge<'rule' | 'severity'>;
  private readonly unbalancedHours: Gauge;
  private readonly unbalancedTenants: Gauge;
  private readonly unbalancedHoursOf: Gauge<'tenant'>;
  private readonly rows: Gauge<'figure'>;
  private readonly overdue: Gauge;

  constructor(
    registry: Registry,
    /** Logged in as the dispatcher. */
    private readonly dispatcher: Database,
  ) {
    const registers = [registry];
    this.looks = new Histogram({
      name: 'hub_alert_look_duration_seconds',
      help: 'Time of one look at a tenant: its books and its alert rules.',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers,
    });
    this.failures = new Counter({
      name: 'hub_alert_rule_failures_total',
      help: 'Alert rules that could not be read.',
      labelNames: ['rule'],
      registers,
    });
    this.notifications = new Counter({
      name: 'hub_alert_notifications_total',
      help: 'Alert messages by kind of channel and what became of the attempt.',
      labelNames: ['channel', 'outcome'],
      registers,
    });
    this.open = new Gauge({
      name: 'hub_alerts_open',
      help: 'Alerts that are open or acknowledged, over all tenants.',
      labelNames: ['rule', 'severity'],
      registers,
    });
    this.unbalancedHours = new Gauge({
      name: 'hub_books_unbalanced_hours',
      help: 'Hours whose books do not balance, over all tenants.',
      registers,
    });
    this.unbalancedTenants = new Gauge({
      name: 'hub_books_unbalanced_tenants',
      help: 'Tenants with an hour whose books do not balance.',
      registers,
    });
    this.unbalancedHoursOf = new Gauge({
      name: 'hub_books_unbalanced_tenant_hours',
      help: 'Hours whose books do not balance, of each tenant that has any; of the 50 with the most of them.',
      labelNames: ['tenant'],
      registers,
    });
    this.rows = new Gauge({
      name: 'hub_books_rows',
      help: 'Rows that the books of the last hour that is over count, by figure, over all tenants.',
      labelNames: ['figure'],
      registers,
    });
    this.overdue = new Gauge({
      name: 'hub_alert_looks_overdue_seconds',
      help: 'By how much the look at a tenant that has waited longest is late.',
      registers,
    });
  }

  told(channel: string, outcome: string): void {
    this.notifications.inc({ channel, outcome });
  }

  /** Brings the gauges up to date, or empties them: what was so before would hide what is so now. */
  async collect(): Promise<void> {
    try {
      await this.count();
    } catch (error) {
      for (const gauge of [this.unbalancedHours, this.unbalancedTenants, this.overdue]) gauge.remove();
      for (const gauge of [this.open, this.rows, this.unbalancedHoursOf]) gauge.reset();
      throw error;
    }
  }

  private async count(): Promise<void> {
    const open = await this.dispatcher.query<OpenRow>(
      `select rule, severity, count(*) as n from alerts where phase in ('open', 'acknowledged') group by 1, 2`,
    );
    this.open.reset();
    for (const { id } of ALERT_RULES) for (const severity of SEVERITIES) this.open.set({ rule: id, severity }, 0);
    for (const { rule, severity, n } of open) this.open.set({ rule, severity }, n);
    const [books] = await this.dispatcher.query<{ hours: number; tenants: number }>(
      `select count(*) as hours, count(distinct tenant_id) as tenants from balance_hours
       where not balanced`,
    );
    this.unbalancedHours.set(books?.hours ?? 0);
    this.unbalancedTenants.set(books?.tenants ?? 0);
    await this.collectUnbalanced();
    await this.collectRows();
    const [late] = await this.dispatcher.query<{ seconds: number | null }>(
      `select extract(epoch from now() - min(w.due_at))::float8 as seconds from tenant_watch w
       join tenants t on t.id = w.tenant_id and t.status = 'active'`,
    );
    this.overdue.set(Math.max(0, late?.seconds ?? 0));
  }

  private async collectUnbalanced(): Promise<void> {
    const rows = await this.dispatcher.query<{ tenant_id: string; hours: number }>(
      `select tenant_id, count(*) as hours from balance_hours where not balanced
       group by tenant_id order by hours desc, tenant_id limit ${MOST_NAMED}`,
    );
    this.unbalancedHoursOf.reset();
    for (const { tenant_id: id, hours } of rows)
      this.unbalancedHoursOf.set({ tenant: toPublicId('tenant', id) }, hours);
  }

  /** By way of the tenants, so that each one's row is found by its key: the table holds more than a year. */
  private async collectRows(): Promise<void> {
    const sums = FIGURES.map((figure) => `coalesce(sum(b.${figure}), 0)::bigint as ${figure}`).join(', ');
    // Ten minutes after its end an hour does not grow any more: see `isOver` of the books.
    const [row] = await this.dispatcher.query<Record<(typeof FIGURES)[number], number>>(
      `select ${sums} from tenants t join balance_hours b on b.tenant_id = t.id
         and b.hour = date_trunc('hour', now() - interval '10 minutes') - interval '1 hour'`,
    );
    for (const figure of FIGURES) this.rows.set({ figure }, row?.[figure] ?? 0);
  }
}
