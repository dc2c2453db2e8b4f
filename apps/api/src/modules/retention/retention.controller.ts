import { Body, Controller, Get, Inject, Put, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type AuditActor } from '@hub/audit';
import { RequireScope, Tenant } from '../../http/access';
import { Actor } from '../../http/actor';
import { unwrap } from '../../http/hub-problem';
import { IdempotencyInterceptor } from '../../http/idempotency.interceptor';
import { ProblemResponses } from '../../http/openapi';
import { type ApiSettings } from '../../settings';
import { SETTINGS } from '../../tokens';
import { PutRetentionRequest } from './dto/retention.request';
import { RetentionResponse } from './dto/retention.response';
import { toRetentionResponse } from './retention.mapper';
import { RetentionService } from './retention.service';

@ApiTags('Archive')
@ApiBearerAuth('api_key')
@UseInterceptors(IdempotencyInterceptor)
@Controller('v1/retention')
export class RetentionController {
  constructor(
    @Inject(RetentionService) private readonly retention: RetentionService,
    @Inject(SETTINGS) private readonly hub: ApiSettings,
  ) {}

  @Get()
  @RequireScope('config:read')
  @ApiOperation({ operationId: 'getRetention', summary: 'How long events are kept, at hand and in the archive' })
  @ApiResponse({ status: 200, type: RetentionResponse, description: 'As asked for, and as it holds.' })
  @ProblemResponses(401, 403, 429, 503)
  async get(@Tenant() tenantId: string): Promise<RetentionResponse> {
    return toRetentionResponse(this.hub, await this.retention.find(tenantId));
  }

  @Put()
  @RequireScope('config:write')
  @ApiOperation({
    operationId: 'putRetention',
    summary: 'Set how long events are kept, and the legal hold',
    description: 'All members, each time. Shorter times take hold with the next turn of the archive, within minutes.',
  })
  @ApiResponse({ status: 200, type: RetentionResponse, description: 'As it is now.' })
  @ProblemResponses(400, 401, 403, 413, 415, 422, 429, 503)
  async put(
    @Tenant() tenantId: string,
    @Actor() actor: AuditActor,
    @Body() request: PutRetentionRequest,
  ): Promise<RetentionResponse> {
    return toRetentionResponse(this.hub, unwrap(await this.retention.put(tenantId, actor, request)));
  }
}
