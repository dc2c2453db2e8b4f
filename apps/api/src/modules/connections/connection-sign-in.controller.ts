import { Body, Controller, HttpCode, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { type AuditActor } from '@hub/audit';
import { type KeyIdentity } from '@hub/tenancy';
import { Caller, RequireScope } from '../../http/access';
import { Actor } from '../../http/actor';
import { unwrap } from '../../http/hub-problem';
import { ProblemResponses } from '../../http/openapi';
import { pathId } from '../../http/validation';
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
  constructor(@Inject(ConnectionSignIn) private readonly signIn: ConnectionSignIn) {}

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
    @Body() request: AuthorizeConnectionRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AuthorizationResponse> {
    const link = unwrap(await this.signIn.begin(caller, actor, pathId('connection', id), request.return_url));
    void reply.header('cache-control', 'no-store');
    return { authorize_url: link.authorizeUrl, expires_at: link.expiresAt.toISOString() };
  }
}
