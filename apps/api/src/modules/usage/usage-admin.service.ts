import { Inject, Injectable } from '@nestjs/common';
import { type Database } from '@hub/database';
import { err, notFound, ok, type Problem, type Result } from '@hub/platform';
import { findTenantLimit } from '@hub/tenancy';
import { OPERATOR_DATABASE } from '../../tokens';
import { type UsageQuery } from './dto/usage.request';
import { type UsageResponse } from './dto/usage.response';
import { toUsageResponse } from './usage.mapper';
import { UsageService } from './usage.service';

/** The same figures that the tenant sees, and nothing of what was counted: no reason is asked for. */
@Injectable()
export class UsageAdminService {
  constructor(
    @Inject(OPERATOR_DATABASE) private readonly database: Database,
    @Inject(UsageService) private readonly usage: UsageService,
  ) {}

  async read(tenantId: string, query: UsageQuery): Promise<Result<UsageResponse, Problem>> {
    const limitPerMinute = await this.database.transaction((tx) => findTenantLimit(tx, tenantId));
    if (limitPerMinute === null) return err(notFound('tenant'));
    const found = await this.usage.read(tenantId, query);
    return found.ok ? ok(toUsageResponse(found.value, limitPerMinute)) : found;
  }
}
