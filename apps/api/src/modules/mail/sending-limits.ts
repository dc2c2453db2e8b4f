import { Inject, Injectable } from '@nestjs/common';
import { type Database } from '@hub/database';
import { problem, type Problem } from '@hub/platform';
import { countSending, type SendingLimit } from '@hub/tenancy';
import { OPERATOR_DATABASE } from '../../tokens';

const HOUR = 1;
const DAY = 24;

/**
 * Whoever belongs to a tenant has the operator's mail server write to any address, and the hub call any host. What goes out at
 * once because somebody asks for it is limited here; alerts are not: they go by how often rules remind and by how many channels
 * there may be. Each tenant has limits of its own, so that none learns whom another writes to, or keeps it from writing.
 * Attempts count, whatever comes of them.
 */
@Injectable()
export class SendingLimits {
  constructor(@Inject(OPERATOR_DATABASE) private readonly database: Database) {}

  async invitation(tenantId: string, email: string): Promise<Problem | null> {
    const wait = await this.count([
      { of: ['invitations', tenantId], most: 50, hours: DAY },
      { of: ['invitations', tenantId, email], most: 3, hours: HOUR },
    ]);
    return wait === null
      ? null
      : problem('rate_limited', 'too_many_invitations', INVITATIONS, { retryAfterSeconds: wait });
  }

  async channelTest(tenantId: string, channelId: string): Promise<Problem | null> {
    const wait = await this.count([
      { of: ['channel tests', tenantId], most: 20, hours: HOUR },
      { of: ['channel tests', tenantId, channelId], most: 5, hours: HOUR },
    ]);
    return wait === null ? null : problem('rate_limited', 'too_many_tests', TESTS, { retryAfterSeconds: wait });
  }

  private count(limits: readonly SendingLimit[]): Promise<number | null> {
    return this.database.transaction((tx) => countSending(tx, limits));
  }
}

const INVITATIONS =
  'An address is sent at most 3 invitations an hour, and a company sends at most 50 a day. Wait, then invite again.';
const TESTS =
  'A channel is tested at most 5 times an hour, and all of a company together 20 times. Wait, then test again.';
