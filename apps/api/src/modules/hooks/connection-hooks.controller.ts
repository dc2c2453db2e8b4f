import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';
import { type AuditActor } from '@hub/audit';
import { toPublicId } from '@hub/platform';
import { type HookRow } from '@hub/sync';
import { RequireScope, Tenant } from '../../http/access';
import { Actor } from '../../http/actor';
import { unwrap } from '../../http/hub-problem';
import { ProblemResponses } from '../../http/openapi';
import { pathId } from '../../http/validation';
import { PUBLIC_URL } from '../../tokens';
import { ConnectionHooksService } from './connection-hooks.service';
import { ConnectionHookResponse, NewConnectionHookResponse } from './dto/hook.response';

/** Takes no Idempotency-Key: the address is a secret, shown once, and no answer that holds it is kept. */
@ApiTags('Hooks')
@ApiBearerAuth('api_key')
@Controller('v1/connections/:id/hook')
export class ConnectionHooksController {
  constructor(
    @Inject(ConnectionHooksService) private readonly hooks: ConnectionHooksService,
    @Inject(PUBLIC_URL) private readonly publicUrl: string | null,
  ) {}

  @Post()
  @RequireScope('config:write')
  @ApiOperation({
    operationId: 'putConnectionHook',
    summary: 'Make the address that the vendor calls when records change',
    description:
      'Made again, the address before is refused from then on. The connection’s syncs say which objects count.',
  })
  @ApiResponse({ status: 201, type: NewConnectionHookResponse, description: 'Made; its address is not shown again.' })
  @ProblemResponses(401, 403, 404, 409, 429, 503)
  async put(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
  ): Promise<NewConnectionHookResponse> {
    const { path, row } = unwrap(await this.hooks.put(tenant, actor, pathId('connection', id)));
    // Without a public address it is the one that the caller used themselves.
    const base = this.publicUrl ?? `${request.protocol}://${request.host}`;
    return { url: `${base}${path}`, ...toResponse(row) };
  }

  @Get()
  @RequireScope('config:read')
  @ApiOperation({ operationId: 'getConnectionHook', summary: 'What came in through the address' })
  @ApiResponse({ status: 200, type: ConnectionHookResponse, description: 'Found.' })
  @ProblemResponses(401, 403, 404, 429, 503)
  async find(@Tenant() tenant: string, @Param('id') id: string): Promise<ConnectionHookResponse> {
    return toResponse(unwrap(await this.hooks.find(tenant, pathId('connection', id))));
  }

  @Delete()
  @HttpCode(204)
  @RequireScope('config:write')
  @ApiOperation({ operationId: 'deleteConnectionHook', summary: 'End the address' })
  @ApiResponse({ status: 204, description: 'Done.' })
  @ProblemResponses(401, 403, 404, 429, 503)
  async delete(@Tenant() tenant: string, @Actor() actor: AuditActor, @Param('id') id: string): Promise<void> {
    unwrap(await this.hooks.delete(tenant, actor, pathId('connection', id)));
  }
}

function toResponse(row: HookRow): ConnectionHookResponse {
  return {
    connection_id: toPublicId('connection', row.connection_id),
    created_at: row.created_at.toISOString(),
    received: row.received,
    refused: row.refused,
    last_received_at: row.last_received_at?.toISOString() ?? null,
    last_refused_at: row.last_refused_at?.toISOString() ?? null,
    last_refusal: row.last_refusal,
  };
}
