import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  Param,
  Patch,
  Post,
  Query,
  Res,
  UseInterceptors,
} from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { type AuditActor } from '@hub/audit';
import { RequireScope, Tenant } from '../../http/access';
import { Actor } from '../../http/actor';
import { unwrap } from '../../http/hub-problem';
import { IdempotencyInterceptor } from '../../http/idempotency.interceptor';
import { ProblemResponses } from '../../http/openapi';
import { pageOf, pageResponse } from '../../http/pagination';
import { pathId } from '../../http/validation';
import { toChannelResponse, toNotificationView } from './alert.mapper';
import { AlertChannelsService } from './alert-channels.service';
import {
  CreateAlertChannelRequest,
  ListAlertChannelsQuery,
  UpdateAlertChannelRequest,
} from './dto/alert-channel.request';
import {
  AlertChannelListResponse,
  AlertChannelResponse,
  AlertChannelTestResponse,
  AlertNotificationListResponse,
  CreatedAlertChannelResponse,
} from './dto/alert.response';

@ApiTags('Alerts')
@ApiBearerAuth('api_key')
@UseInterceptors(IdempotencyInterceptor)
@Controller('v1/alert-channels')
export class AlertChannelsController {
  constructor(@Inject(AlertChannelsService) private readonly channels: AlertChannelsService) {}

  @Post()
  @RequireScope('config:write')
  @ApiOperation({
    operationId: 'createAlertChannel',
    summary: 'Be told of alerts by mail, Slack, PagerDuty or a webhook',
    description:
      'Addresses and keys are sealed and never shown again. Mail needs a mail server of the operator’s. A tenant has at most 50: 409 `too_many_alert_channels`.',
  })
  @ApiResponse({ status: 201, type: CreatedAlertChannelResponse, description: 'Created.' })
  @ProblemResponses(400, 401, 403, 409, 413, 415, 422, 429, 503)
  async create(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @Body() request: CreateAlertChannelRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CreatedAlertChannelResponse> {
    const { row, secret } = unwrap(await this.channels.create(tenant, actor, request));
    const created = toChannelResponse(row);
    void reply.header('location', `/v1/alert-channels/${created.id}`);
    return { ...created, secret };
  }

  @Get()
  @RequireScope('config:read')
  @ApiOperation({ operationId: 'listAlertChannels', summary: 'Channels, newest first' })
  @ApiResponse({ status: 200, type: AlertChannelListResponse, description: 'One page.' })
  @ProblemResponses(400, 401, 403, 429, 503)
  async list(@Tenant() tenant: string, @Query() query: ListAlertChannelsQuery): Promise<AlertChannelListResponse> {
    return pageResponse(await this.channels.list(tenant, pageOf(query)), query.limit, toChannelResponse);
  }

  @Get(':id')
  @RequireScope('config:read')
  @ApiOperation({ operationId: 'getAlertChannel', summary: 'One channel, and how its last message fared' })
  @ApiResponse({ status: 200, type: AlertChannelResponse, description: 'Found.' })
  @ProblemResponses(401, 403, 404, 429, 503)
  async find(@Tenant() tenant: string, @Param('id') id: string): Promise<AlertChannelResponse> {
    return toChannelResponse(unwrap(await this.channels.find(tenant, pathId('alertChannel', id))));
  }

  @Patch(':id')
  @RequireScope('config:write')
  @ApiOperation({ operationId: 'updateAlertChannel', summary: 'Change a channel; its kind stays' })
  @ApiResponse({ status: 200, type: AlertChannelResponse, description: 'As it is now.' })
  @ProblemResponses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
  async update(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @Param('id') id: string,
    @Body() request: UpdateAlertChannelRequest,
  ): Promise<AlertChannelResponse> {
    return toChannelResponse(unwrap(await this.channels.update(tenant, actor, pathId('alertChannel', id), request)));
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireScope('config:write')
  @ApiOperation({ operationId: 'deleteAlertChannel', summary: 'Delete a channel; what waits for it is not sent' })
  @ApiResponse({ status: 204, description: 'Done.' })
  @ProblemResponses(401, 403, 404, 409, 429, 503)
  async delete(@Tenant() tenant: string, @Actor() actor: AuditActor, @Param('id') id: string): Promise<void> {
    unwrap(await this.channels.delete(tenant, actor, pathId('alertChannel', id)));
  }

  @Post(':id/test')
  @HttpCode(200)
  @RequireScope('config:write')
  @ApiOperation({
    operationId: 'testAlertChannel',
    summary: 'Send a test message now',
    description:
      'At PagerDuty an incident is opened and closed again at once. At most 5 tests of a channel an hour, and 20 of a tenant: 429 `too_many_tests`.',
  })
  @ApiResponse({ status: 200, type: AlertChannelTestResponse, description: 'What came of it.' })
  @ProblemResponses(401, 403, 404, 409, 422, 429, 503)
  async test(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @Param('id') id: string,
  ): Promise<AlertChannelTestResponse> {
    const outcome = unwrap(await this.channels.test(tenant, actor, pathId('alertChannel', id)));
    return { sent: outcome.status === 'sent', http_status: outcome.httpStatus, error: outcome.error };
  }

  @Get(':id/notifications')
  @RequireScope('config:read')
  @ApiOperation({ operationId: 'listAlertNotifications', summary: 'What was sent through a channel, newest first' })
  @ApiResponse({ status: 200, type: AlertNotificationListResponse, description: 'One page.' })
  @ProblemResponses(400, 401, 403, 404, 429, 503)
  async notifications(
    @Tenant() tenant: string,
    @Param('id') id: string,
    @Query() query: ListAlertChannelsQuery,
  ): Promise<AlertNotificationListResponse> {
    const rows = await this.channels.listNotifications(tenant, pathId('alertChannel', id), pageOf(query));
    return pageResponse(unwrap(rows), query.limit, toNotificationView);
  }
}
