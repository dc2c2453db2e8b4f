import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type AuditActor } from '@hub/audit';
import { RequireScope, Tenant } from '../../http/access';
import { Actor } from '../../http/actor';
import { unwrap } from '../../http/hub-problem';
import { IdempotencyInterceptor } from '../../http/idempotency.interceptor';
import { ProblemResponses } from '../../http/openapi';
import { pageOf, pageResponse } from '../../http/pagination';
import { pathId } from '../../http/validation';
import { toAlertView, toNotificationView } from './alert.mapper';
import { AlertsService, type ToldAlert } from './alerts.service';
import { AcknowledgeAlertRequest, ListAlertsQuery, MuteAlertRequest } from './dto/alert.request';
import { AlertListResponse, AlertResponse } from './dto/alert.response';

@ApiTags('Alerts')
@ApiBearerAuth('api_key')
@UseInterceptors(IdempotencyInterceptor)
@Controller('v1/alerts')
export class AlertsController {
  constructor(@Inject(AlertsService) private readonly alerts: AlertsService) {}

  @Get()
  @RequireScope('config:read')
  @ApiOperation({
    operationId: 'listAlerts',
    summary: 'Alerts, newest first',
    description: 'One for each rule and subject at a time. They open and resolve by themselves; kept 90 days.',
  })
  @ApiResponse({ status: 200, type: AlertListResponse, description: 'One page.' })
  @ProblemResponses(400, 401, 403, 429, 503)
  async list(@Tenant() tenant: string, @Query() query: ListAlertsQuery): Promise<AlertListResponse> {
    const { status, rule, severity, connection_id: connectionId } = query;
    const rows = await this.alerts.list(tenant, pageOf(query), { status, rule, severity, connectionId });
    return pageResponse(rows, query.limit, toAlertView);
  }

  @Get(':id')
  @RequireScope('config:read')
  @ApiOperation({ operationId: 'getAlert', summary: 'One alert, and what was sent of it' })
  @ApiResponse({ status: 200, type: AlertResponse, description: 'Found.' })
  @ProblemResponses(401, 403, 404, 429, 503)
  async find(@Tenant() tenant: string, @Param('id') id: string): Promise<AlertResponse> {
    return shown(unwrap(await this.alerts.find(tenant, pathId('alert', id))));
  }

  @Post(':id/acknowledge')
  @HttpCode(200)
  @RequireScope('config:write')
  @ApiOperation({
    operationId: 'acknowledgeAlert',
    summary: 'Say that somebody has seen it: no more reminders',
    description:
      'A cause that was not there then, or ten times as many, opens it again, and is told. PagerDuty is told that it is acknowledged.',
  })
  @ApiResponse({ status: 200, type: AlertResponse, description: 'As it is now.' })
  @ProblemResponses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
  async acknowledge(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @Param('id') id: string,
    @Body() { note }: AcknowledgeAlertRequest,
  ): Promise<AlertResponse> {
    return shown(unwrap(await this.alerts.acknowledge(tenant, actor, pathId('alert', id), note ?? null)));
  }

  @Post(':id/mute')
  @HttpCode(200)
  @RequireScope('config:write')
  @ApiOperation({
    operationId: 'muteAlert',
    summary: 'Send nothing about it for a while',
    description: 'Holds for the rule and the subject of this alert. That something is over is told all the same.',
  })
  @ApiResponse({ status: 200, type: AlertResponse, description: 'As it is now.' })
  @ProblemResponses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
  async mute(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @Param('id') id: string,
    @Body() { until }: MuteAlertRequest,
  ): Promise<AlertResponse> {
    return shown(unwrap(await this.alerts.mute(tenant, actor, pathId('alert', id), new Date(until))));
  }

  @Delete(':id/mute')
  @RequireScope('config:write')
  @ApiOperation({ operationId: 'unmuteAlert', summary: 'Send messages about it again' })
  @ApiResponse({ status: 200, type: AlertResponse, description: 'As it is now.' })
  @ProblemResponses(401, 403, 404, 409, 429, 503)
  async unmute(@Tenant() tenant: string, @Actor() actor: AuditActor, @Param('id') id: string): Promise<AlertResponse> {
    return shown(unwrap(await this.alerts.mute(tenant, actor, pathId('alert', id), null)));
  }
}

function shown({ alert, notifications }: ToldAlert): AlertResponse {
  return { ...toAlertView(alert), notifications: notifications.map(toNotificationView) };
}
