import { Controller, Get, Header, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiExtraModels,
  ApiOperation,
  ApiResponse,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type KeyIdentity } from '@hub/tenancy';
import { Caller, RequireScope, Tenant } from '../../http/access';
import { unwrap } from '../../http/hub-problem';
import { ReadsBody } from '../../http/input-guard';
import { ProblemResponses } from '../../http/openapi';
import { AskWhetherShown } from '../../http/payload-access';
import { AcceptEventsService } from './accept-events.service';
import { BatchBody, CloudEventBody, EventBody } from './dto/event.bodies';
import { BatchQuery, EventListQuery, EventQuery } from './dto/event.request';
import {
  AcceptedEventResponse,
  BatchResponse,
  EventListResponse,
  EventResponse,
  TimelineResponse,
} from './dto/event.response';
import { BinaryCloudEventHeaders } from './dto/event.headers';
import { ReadEventsService } from './read-events.service';
import { CLOUD_EVENT } from './receive-event';

@ApiTags('Events')
@ApiBearerAuth('api_key')
@ApiExtraModels(EventBody, CloudEventBody)
@Controller('v1/events')
export class EventsController {
  constructor(
    @Inject(AcceptEventsService) private readonly acceptance: AcceptEventsService,
    @Inject(ReadEventsService) private readonly reading: ReadEventsService,
  ) {}

  @Post()
  @HttpCode(202)
  @ReadsBody()
  @RequireScope('events:write', 'event')
  @ApiOperation({
    operationId: 'sendEvent',
    summary: 'Send an event',
    description:
      'Answers 202 once the event and its deliveries are stored for good. CloudEvents 1.0 is taken too: structured under its own media type, and binary under `application/json`, where `ce-*` headers carry the attributes and the body is the data alone.',
    requestBody: {
      required: true,
      content: {
        'application/json': { schema: { $ref: getSchemaPath(EventBody) } },
        [CLOUD_EVENT]: { schema: { $ref: getSchemaPath(CloudEventBody) } },
      },
    },
  })
  @BinaryCloudEventHeaders()
  @ApiResponse({ status: 202, type: AcceptedEventResponse, description: 'Stored; its deliveries are under way.' })
  @ApiResponse({
    status: 200,
    type: AcceptedEventResponse,
    description: 'Seen before with the same content: nothing is queued again. Its state as it is now.',
  })
  @ProblemResponses(400, 401, 403, 409, 413, 415, 422, 429, 503)
  send(
    @Req() request: FastifyRequest,
    @Caller() caller: KeyIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    return this.acceptance.acceptOne(request, caller, reply);
  }

  @Post('batch')
  @HttpCode(202)
  @ReadsBody()
  @RequireScope('events:write', 'batch')
  @ApiOperation({
    operationId: 'sendEventBatch',
    summary: 'Send up to 1,000 events',
    description:
      'One result for each, in order. Good ones are kept when others are bad, unless atomic=true. At most twice the events that your rate limit allows a minute: of more, 422 `batch_exceeds_limit` says how many in `most_events`.',
  })
  @ApiBody({ type: BatchBody })
  @ApiResponse({ status: 202, type: BatchResponse, description: 'What became of each event.' })
  @ProblemResponses(400, 401, 403, 413, 415, 422, 429, 503)
  sendBatch(
    @Req() request: FastifyRequest,
    @Caller() caller: KeyIdentity,
    @Query() query: BatchQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    return this.acceptance.acceptBatch(
      request,
      caller,
      { atomic: query.atomic === 'true', validateOnly: query.validate_only === 'true' },
      reply,
    );
  }

  @Get()
  @RequireScope('events:read')
  @ApiOperation({
    operationId: 'listEvents',
    summary: 'List and search events',
    description:
      'Newest first. `q` needs the scope `payloads:read`, unless it is the id of an event, a delivery or a request that the hub made.',
  })
  @ApiResponse({ status: 200, type: EventListResponse, description: 'One page.' })
  @ProblemResponses(400, 401, 403, 422, 429, 503)
  list(
    @Tenant() tenantId: string,
    @AskWhetherShown() shown: () => boolean,
    @Query() query: EventListQuery,
  ): Promise<unknown> {
    return this.reading.list(tenantId, query, shown);
  }

  @Get(':tracking_id')
  @Header('content-type', 'application/json; charset=utf-8')
  @RequireScope('events:read')
  @ApiOperation({ operationId: 'getEvent', summary: 'Read an event and its deliveries' })
  @ApiResponse({ status: 200, type: EventResponse, description: 'The event.' })
  @ProblemResponses(400, 401, 403, 404, 429, 503)
  async get(
    @Tenant() tenantId: string,
    @AskWhetherShown() shown: () => boolean,
    @Param('tracking_id') trackingId: string,
    @Query() query: EventQuery,
  ): Promise<string> {
    const wanted = query.include !== 'payload' ? 'none' : shown() ? 'shown' : 'withheld';
    return unwrap(await this.reading.get(tenantId, trackingId, wanted));
  }

  @Get(':tracking_id/timeline')
  @RequireScope('events:read')
  @ApiOperation({ operationId: 'getEventTimeline', summary: 'Everything that happened to an event, and why' })
  @ApiResponse({ status: 200, type: TimelineResponse, description: 'In order of time.' })
  @ProblemResponses(400, 401, 403, 404, 409, 429, 503)
  async timeline(@Tenant() tenantId: string, @Param('tracking_id') trackingId: string): Promise<unknown> {
    return unwrap(await this.reading.timeline(tenantId, trackingId));
  }
}
