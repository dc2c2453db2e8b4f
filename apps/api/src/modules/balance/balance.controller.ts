import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { RequireScope, Tenant } from '../../http/access';
import { unwrap } from '../../http/hub-problem';
import { ProblemResponses } from '../../http/openapi';
import { toBalanceResponse } from './balance.mapper';
import { BalanceService } from './balance.service';
import { BalanceQuery } from './dto/balance.request';
import { BalanceResponse } from './dto/balance.response';

@ApiTags('Balance and usage')
@ApiBearerAuth('api_key')
@Controller('v1/balance')
export class BalanceController {
  constructor(@Inject(BalanceService) private readonly balance: BalanceService) {}

  @Get()
  @RequireScope('events:read')
  @ApiOperation({
    operationId: 'getBalance',
    summary: 'Do the books balance: is anything lost',
    description:
      'Events accepted = routed + unrouted; deliveries made = succeeded + dead + cancelled + superseded + open. Each equation is held against tables that are written apart from each other; where two do not agree, both are named.',
  })
  @ApiResponse({ status: 200, type: BalanceResponse, description: 'Hour by hour, and in total.' })
  @ProblemResponses(400, 401, 403, 429, 503)
  async read(@Tenant() tenant: string, @Query() query: BalanceQuery): Promise<BalanceResponse> {
    const { from, to, books } = unwrap(
      await this.balance.read(tenant, {
        ...(query.from === undefined ? {} : { from: new Date(query.from) }),
        ...(query.to === undefined ? {} : { to: new Date(query.to) }),
      }),
    );
    return toBalanceResponse(from, to, books);
  }
}
