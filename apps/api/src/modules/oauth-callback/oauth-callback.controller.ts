import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Public } from '../../http/access';
import { PUBLIC_URL } from '../../tokens';
import { connectingBrowserOf } from '../connections/connecting-browser';
import { CALLBACK_HEADERS, renderCallbackPage } from './callback-page';
import { OAuthCallbackService } from './oauth-callback.service';

const HTML = { 'text/html': { schema: { type: 'string' } } } as const;

/** Where vendors send people back to. Not for programs: it answers with a page, or sends on to one of the hub. */
@ApiTags('Connections')
@Public()
@Controller('oauth/callback')
export class OAuthCallbackController {
  constructor(
    @Inject(OAuthCallbackService) private readonly callbacks: OAuthCallbackService,
    @Inject(PUBLIC_URL) private readonly publicUrl: string | null,
  ) {}

  @Get(':connector')
  @ApiOperation({
    operationId: 'finishSignIn',
    summary: 'Where a vendor sends a person back to after signing in; register this address there',
    security: [],
  })
  @ApiParam({ name: 'connector', schema: { type: 'string' } })
  @ApiQuery({ name: 'state', required: true, schema: { type: 'string' } })
  @ApiQuery({ name: 'code', required: false, schema: { type: 'string' } })
  @ApiQuery({ name: 'error', required: false, schema: { type: 'string' } })
  @ApiResponse({ status: 200, description: 'Connected: a page that says so.', content: HTML })
  @ApiResponse({ status: 303, description: 'On to the `return_url` that the sign-in was begun with.' })
  @ApiResponse({ status: 400, description: 'Not connected: a page that says why and what to do.', content: HTML })
  @ApiResponse({ status: 404, description: 'No such connector, or it has no sign-in.', content: HTML })
  @ApiResponse({ status: 429, description: 'Too many sign-ins that are not known.', content: HTML })
  @ApiResponse({ status: 500, description: 'The hub itself failed: a page that says so.', content: HTML })
  @ApiResponse({ status: 503, description: 'The vendor did not answer.', content: HTML })
  async finish(
    @Param('connector') connector: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    void reply.headers({ ...CALLBACK_HEADERS });
    // Link previews ask for heads; a sign-in may only be used up by the person who follows it.
    if (request.method === 'HEAD') {
      await reply.code(204).send();
      return;
    }
    const callback = {
      connectorId: connector,
      url: request.url,
      address: request.ip,
      userAgent: request.headers['user-agent'] ?? null,
      requestId: request.id,
      browser: connectingBrowserOf(request, this.publicUrl),
    };
    const { outcome, returnUrl } = await this.callbacks.finish(callback);
    if (returnUrl !== null) {
      await reply.code(303).header('location', returnUrl).send();
      return;
    }
    const { isGood, title, lines } = outcome;
    await reply
      .code(outcome.status)
      .header('content-type', 'text/html; charset=utf-8')
      .send(renderCallbackPage({ isGood, title, lines, hubUrl: this.publicUrl }));
  }
}
