import { Controller, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Public } from '../../http/access';
import { unwrap } from '../../http/hub-problem';
import { ProblemResponses } from '../../http/openapi';
import { HooksService } from './hooks.service';

@ApiTags('Hooks')
@Public()
@Controller('hooks')
export class HooksController {
  constructor(@Inject(HooksService) private readonly hooks: HooksService) {}

  @Post(':connector/:token')
  @ApiOperation({
    operationId: 'receiveHook',
    summary: 'What vendors call when records change',
    security: [],
    description:
      'Verified by the vendor’s own signature over the body’s bytes. The address is made by `POST /v1/connections/{id}/hook`; what it answers is what the vendor expects to read.',
  })
  @ApiConsumes('application/json', 'text/xml')
  @ApiBody({ schema: { type: 'string', format: 'binary' }, description: 'As the vendor sends it.' })
  @ApiResponse({
    status: 200,
    description: 'Kept.',
    content: { 'text/plain': { schema: { type: 'string' } }, 'text/xml': { schema: { type: 'string' } } },
  })
  @ProblemResponses(400, 401, 403, 404, 413, 429, 503)
  async receive(
    @Param('connector') connector: string,
    @Param('token') token: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const hook = { headers: headersOf(request), body };
    const answer = unwrap(await this.hooks.receive(connector, token, hook, request.ip));
    await reply.code(answer.status).header('content-type', answer.contentType).send(answer.body);
  }
}

/** One text for each name: a header that came twice is joined, as HTTP allows for it to be sent. */
function headersOf({ headers }: FastifyRequest): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}
