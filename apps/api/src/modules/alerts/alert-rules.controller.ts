import { Body, Controller, Get, Inject, Param, Patch, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type AuditActor } from '@hub/audit';
import { RequireScope, Tenant } from '../../http/access';
import { Actor } from '../../http/actor';
import { unwrap } from '../../http/hub-problem';
import { IdempotencyInterceptor } from '../../http/idempotency.interceptor';
import { ProblemResponses } from '../../http/openapi';
import { toRuleResponse } from './alert.mapper';
import { AlertRulesService } from './alert-rules.service';
import { UpdateAlertRuleRequest } from './dto/alert-rule.request';
import { AlertRuleListResponse, AlertRuleResponse } from './dto/alert.response';

@ApiTags('Alerts')
@ApiBearerAuth('api_key')
@UseInterceptors(IdempotencyInterceptor)
@Controller('v1/alert-rules')
export class AlertRulesController {
  constructor(@Inject(AlertRulesService) private readonly rules: AlertRulesService) {}

  @Get()
  @RequireScope('config:read')
  @ApiOperation({ operationId: 'listAlertRules', summary: 'Every rule, as it holds for you' })
  @ApiResponse({ status: 200, type: AlertRuleListResponse, description: 'All of them.' })
  @ProblemResponses(401, 403, 429, 503)
  async list(@Tenant() tenant: string): Promise<AlertRuleListResponse> {
    const rules = await this.rules.list(tenant);
    return { data: rules.map(({ rule, set }) => toRuleResponse(rule, set)) };
  }

  @Get(':rule')
  @RequireScope('config:read')
  @ApiOperation({ operationId: 'getAlertRule', summary: 'One rule, as it holds for you' })
  @ApiResponse({ status: 200, type: AlertRuleResponse, description: 'Found.' })
  @ProblemResponses(401, 403, 404, 429, 503)
  async find(@Tenant() tenant: string, @Param('rule') id: string): Promise<AlertRuleResponse> {
    const { rule, set } = unwrap(await this.rules.find(tenant, id));
    return toRuleResponse(rule, set);
  }

  @Patch(':rule')
  @RequireScope('config:write')
  @ApiOperation({
    operationId: 'updateAlertRule',
    summary: 'Switch a rule on or off, and say when, how urgently and whom it tells',
  })
  @ApiResponse({ status: 200, type: AlertRuleResponse, description: 'As it is now; in force with the next look.' })
  @ProblemResponses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
  async update(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @Param('rule') id: string,
    @Body() request: UpdateAlertRuleRequest,
  ): Promise<AlertRuleResponse> {
    const change = {
      enabled: request.enabled,
      threshold: request.threshold,
      leastVolume: request.least_volume,
      forSeconds: request.for_seconds,
      repeatSeconds: request.repeat_seconds,
      severity: request.severity,
      channelIds: request.channel_ids,
    };
    const { rule, set } = unwrap(await this.rules.update(tenant, actor, id, change));
    return toRuleResponse(rule, set);
  }
}
