import { Controller, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Public } from '../../http/access';
import { isSameOrigin } from '../../http/same-origin';
import { PUBLIC_URL } from '../../tokens';
import { markConnectingBrowser } from '../connections/connecting-browser';
import { NOT_FROM_HERE, type CallbackOutcome } from './callback-outcome';
import { renderCallbackPage, START_HEADERS, type CallbackPage } from './callback-page';
import { OAuthStartService, type Visit } from './oauth-start.service';

const HTML = { 'text/html': { schema: { type: 'string' } } } as const;

/** Where the link leads that a program has asked for. Not for programs: it answers with pages. */
@ApiTags('Connections')
@Public()
@Controller('oauth/start')
export class OAuthStartController {
  constructor(
    @Inject(OAuthStartService) private readonly starts: OAuthStartService,
    @Inject(PUBLIC_URL) private readonly publicUrl: string | null,
  ) {}

  @Get(':state')
  @ApiOperation({
    operationId: 'askToSignIn',
    summary: 'The page that a link for signing in leads to: it names company and connection, and asks',
    security: [],
  })
  @ApiParam({ name: 'state', schema: { type: 'string' } })
  @ApiResponse({ status: 200, description: 'A page that asks.', content: HTML })
  @ApiResponse({ status: 400, description: 'A page that says why it cannot be begun.', content: HTML })
  @ApiResponse({ status: 404, description: 'No such connector, or it has no sign-in.', content: HTML })
  @ApiResponse({ status: 429, description: 'Too many sign-ins that are not known.', content: HTML })
  @ApiResponse({ status: 500, description: 'The hub itself failed: a page that says so.', content: HTML })
  async ask(@Param('state') state: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const question = await this.starts.question(visitOf(state, request));
    if (!question.ok) return this.tell(reply, question.error);
    const { vendor, company, connection } = question.value;
    const lines = [
      `${company} asks you to sign in at ${vendor}. Its connection “${connection}” then reads and writes there with what you may do.`,
      `Go on only if you expected this, and if you mean to let ${company} in. Nothing has happened so far.`,
    ];
    const title = `Let ${company} in to ${vendor}?`;
    await send(reply, 200, { isGood: true, title, lines, hubUrl: null, button: `Go on to ${vendor}` });
  }

  /** What the button does. Only from the page itself: a page of somebody else must not press it. */
  @Post(':state')
  @ApiExcludeEndpoint()
  async begin(
    @Param('state') state: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (!isSameOrigin(request)) return this.tell(reply, NOT_FROM_HERE);
    const browser = markConnectingBrowser(request, reply, this.publicUrl);
    const begun = await this.starts.begin(visitOf(state, request), browser);
    if (!begun.ok) return this.tell(reply, begun.error);
    await reply.code(303).headers(START_HEADERS).header('location', begun.value).send();
  }

  private tell(reply: FastifyReply, { isGood, status, title, lines }: CallbackOutcome): Promise<void> {
    return send(reply, status, { isGood, title, lines, hubUrl: this.publicUrl });
  }
}

function visitOf(state: string, { ip, id }: FastifyRequest): Visit {
  return { state, address: ip, requestId: id };
}

async function send(reply: FastifyReply, status: number, page: CallbackPage): Promise<void> {
  const html = renderCallbackPage(page);
  await reply.code(status).headers(START_HEADERS).header('content-type', 'text/html; charset=utf-8').send(html);
}
