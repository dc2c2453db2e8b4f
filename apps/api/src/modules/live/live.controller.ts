import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type KeyIdentity } from '@hub/tenancy';
import { Caller, RequireScope } from '../../http/access';
import { unwrap } from '../../http/hub-problem';
import { ProblemResponses } from '../../http/openapi';
import { DeliveryStreamQuery, EventStreamQuery } from './dto/live.request';
import { LiveFeedService } from './live-feed.service';
import { type LiveStream } from './live-stream';
import { EVENT_STREAM, STREAM_HEADERS } from './server-sent';

const RESUMING = {
  name: 'Last-Event-ID',
  required: false,
  description: 'The id of the last message that came: goes on after it.',
};
const CONTENT = { [EVENT_STREAM]: { schema: { type: 'string' } } };
const MESSAGES =
  'Every message has an `id`: whoever loses the line sends the last one as `Last-Event-ID` within five minutes, as browsers do by themselves, and nothing is lost or told twice. `open` comes first and says whether it goes on where it was (`resumed`), `skipped` comes when more happened than is told one by one (load the list), `closed` with a `code` before the hub hangs up. Comments keep the line open. A company has at most 20 streams open on each process of the API.';

@ApiTags('Live')
@ApiBearerAuth('api_key')
@Controller('v1')
export class LiveController {
  constructor(@Inject(LiveFeedService) private readonly feed: LiveFeedService) {}

  @Get('events/stream')
  @RequireScope('events:read')
  @ApiOperation({
    operationId: 'streamEvents',
    summary: 'Follow events as they come in',
    description: `Server-sent events, with the filters of the list. \`accepted\` tells each new event once, \`changed\` one that has another state by now; the data is what the list shows. ${MESSAGES}`,
  })
  @ApiHeader(RESUMING)
  @ApiResponse({ status: 200, description: 'For as long as both sides want.', content: CONTENT })
  @ProblemResponses(400, 401, 403, 429, 503)
  async events(
    @Req() request: FastifyRequest,
    @Caller() caller: KeyIdentity,
    @Query() query: EventStreamQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await send(request, reply, async () => unwrap(await this.feed.events(request, caller, query)));
  }

  @Get('deliveries/stream')
  @RequireScope('events:read')
  @ApiOperation({
    operationId: 'streamDeliveries',
    summary: 'Follow deliveries as they move',
    description: `Server-sent events, with the filters of the list. \`changed\` tells a delivery that is new or has another state by now, as the list shows it. ${MESSAGES}`,
  })
  @ApiHeader(RESUMING)
  @ApiResponse({ status: 200, description: 'For as long as both sides want.', content: CONTENT })
  @ProblemResponses(400, 401, 403, 429, 503)
  async deliveries(
    @Req() request: FastifyRequest,
    @Caller() caller: KeyIdentity,
    @Query() query: DeliveryStreamQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await send(request, reply, async () => unwrap(await this.feed.deliveries(request, caller, query)));
  }
}

async function send(request: FastifyRequest, reply: FastifyReply, open: () => Promise<LiveStream>): Promise<void> {
  // Fastify answers HEAD with the headers of GET and throws the rest away: of a stream there would be no end.
  if (request.method === 'HEAD') return void reply.headers(STREAM_HEADERS).send();
  const { readable } = await open();
  void reply.headers(STREAM_HEADERS).send(readable);
}
