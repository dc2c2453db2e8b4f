import { Body, Controller, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type AuditActor } from '@hub/audit';
import { type KeyIdentity } from '@hub/tenancy';
import { Caller, RequireScope } from '../../http/access';
import { Actor } from '../../http/actor';
import { unwrap } from '../../http/hub-problem';
import { ProblemResponses } from '../../http/openapi';
import { pathId } from '../../http/validation';
import { PUBLIC_URL } from '../../tokens';
import { markConnectingBrowser } from './connecting-browser';
import { ConnectionSignIn } from './connection-sign-in.service';
import { AuthorizeConnectionRequest } from './dto/connection.request';
import { AuthorizationResponse } from './dto/connection.response';

/**
 * Without `Idempotency-Key`: its answers are kept in the database, and this one is as good as a password for ten minutes.
 * Asking twice makes two links, and each is good for one sign-in.
 */
@ApiTags('Connections')
@ApiBearerAuth('api_key')
@Controller('v1/connections/:id')
export class ConnectionSignInController {
  constructor(
    @Inject(ConnectionSignIn) private readonly signIn: ConnectionSignIn,
    @Inject(PUBLIC_URL) private readonly publicUrl: string | null,
  ) {}

  @Post('authorize')
  @HttpCode(200)
  @RequireScope('config:write')
  @ApiOperation({
    operationId: 'authorizeConnection',
    summary: 'Get a link to the vendor’s sign-in page; for a first sign-in and for signing in again',
  })
  @ApiBody({ type: AuthorizeConnectionRequest, required: false })
  @ApiResponse({
    status: 200,
    type: AuthorizationResponse,
    description: 'Send a person there, once, before it expires.',
  })
  @ProblemResponses(400, 401, 403, 404, 409, 413, 415, 429, 503)
  async authorize(
    @Caller() caller: KeyIdentity,
    @Actor() actor: AuditActor,
    @Param('id') id: string,
    @Body() body: AuthorizeConnectionRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AuthorizationResponse> {
    // A person's own browser sets out; whoever a program sends the link to is asked first, in theirs.
    const browser = caller.person === undefined ? null : markConnectingBrowser(request, reply, this.publicUrl);
    const link = unwrap(await this.signIn.begin(caller, actor, pathId('connection', id), body.return_url, browser));
    return { authorize_url: link.authorizeUrl, expires_at: link.expiresAt.toISOString() };
  }
}
