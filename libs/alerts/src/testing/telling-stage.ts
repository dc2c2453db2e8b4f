import { createSafeHttp, type ClosableSafeHttp } from '@hub/platform';
import { createTestDatabase, type TestDatabase } from '@hub/testing';
import {
  startHttpReceiver,
  startMailReceiver,
  type HttpReceiver,
  type MailReceiver,
} from '../../../../test/support/alert-receivers';
import { ChannelSender } from '../notify/channel-sender';
import { createMailer, type Mailer } from '../notify/mailer';
import { Notifier } from '../notify/notifier';
import { createAlertsHarness, plantDeadLetter, type AlertsHarness } from './alerts-harness';

export const SIGNING_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

interface NotifierParts {
  readonly mailer?: Mailer | null;
  readonly http?: ClosableSafeHttp;
  readonly now?: () => number;
}

/** Receivers for every kind of channel and, for each test, a tenant with one connection and somebody who sends. */
export interface TellingStage {
  readonly database: TestDatabase;
  readonly receiver: HttpReceiver;
  readonly mail: MailReceiver;
  readonly harness: AlertsHarness;
  readonly connection: string;
  notifier(parts?: NotifierParts): Notifier;
  /** A dead letter, and a look that sees it. */
  trouble(): Promise<void>;
  /** Nobody needs the dead letters any more, and a look that sees it. */
  recovery(): Promise<void>;
  /** Kind, status and attempts of each notice. */
  stored(): Promise<[string, string, number][]>;
  /** As if the time of the next attempt had come. */
  makeDue(): Promise<unknown>;
}

/** Call it inside a `describe`. What it returns is filled in before each test. */
export function stageTelling(): TellingStage {
  let database: TestDatabase;
  let http: ClosableSafeHttp;
  let receiver: HttpReceiver;
  let mail: MailReceiver;
  let mailer: Mailer;
  let harness: AlertsHarness;
  let connection: string;
  beforeAll(async () => {
    database = await createTestDatabase();
    http = createSafeHttp({ egressAllow: ['127.0.0.0/8'], userAgent: 'test' });
    mail = await startMailReceiver();
    mailer = createMailer({ url: mail.url, from: 'Integration Hub <alerts@example.com>' });
  });
  afterAll(async () => {
    mailer?.close();
    await mail?.close();
    await http?.close();
    await database?.close();
  });
  beforeEach(async () => {
    receiver = await startHttpReceiver();
    mail.mails.length = 0;
    mail.refused.clear();
    harness = await createAlertsHarness(database);
    connection = await harness.addConnection();
  });
  afterEach(async () => {
    await receiver.close();
    // Whoever sends, sends what is due of all: what a test leaves waiting for a while is not to come due in a later one.
    await harness.sql(`update alert_notifications set status = 'discarded' where status = 'waiting'`);
  });

  return {
    get database() {
      return database;
    },
    get receiver() {
      return receiver;
    },
    get mail() {
      return mail;
    },
    get harness() {
      return harness;
    },
    get connection() {
      return connection;
    },
    notifier: (parts = {}) =>
      new Notifier({
        dispatcher: database.dispatcher,
        tenants: harness.tenants,
        sender: new ChannelSender({
          http: parts.http ?? http,
          secrets: harness.secrets,
          mailer: parts.mailer === undefined ? mailer : parts.mailer,
          publicUrl: 'https://hub.example.com',
          now: parts.now ?? Date.now,
        }),
      }),
    async trouble() {
      await plantDeadLetter(harness, connection);
      await harness.look();
    },
    async recovery() {
      await harness.sql(`update deliveries set status = 'cancelled' where tenant_id = $1`, [harness.tenantId]);
      await harness.look();
    },
    stored: async () => (await harness.notifications()).map(({ kind, status, attempts }) => [kind, status, attempts]),
    makeDue: () =>
      harness.sql(
        `update alert_notifications set next_attempt_at = now() - interval '1 second', lease_until = least(lease_until, now() - interval '1 second') where tenant_id = $1`,
        [harness.tenantId],
      ),
  };
}
