import { Body, Controller, Get, HttpCode, Inject, Param, Post, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type AuditActor } from '@hub/audit';
import { RequireScope, Tenant } from '../../http/access';
import { Actor } from '../../http/actor';
import { unwrap } from '../../http/hub-problem';
import { IdempotencyInterceptor } from '../../http/idempotency.interceptor';
import { ProblemResponses } from '../../http/openapi';
import { AskWhetherShown } from '../../http/payload-access';
import { pathId } from '../../http/validation';
import { RotateWebhookSecretRequest, TestWebhookEndpointRequest } from './dto/webhook-endpoint.request';
import { WebhookSecretResponse, WebhookTestResponse } from './dto/webhook-endpoint.response';
import { WebhookSecretsService } from './webhook-secrets.service';

@ApiTags('Webhook endpoints')
@ApiBearerAuth('api_key')
@RequireScope('config:write')
@UseInterceptors(IdempotencyInterceptor)
@Controller('v1/webhook-endpoints/:id')
export class WebhookSecretsController {
  constructor(@Inject(WebhookSecretsService) private readonly secrets: WebhookSecretsService) {}

  @Get('secret')
  @ApiOperation({ operationId: 'getWebhookSecret', summary: 'Show the secret; that it was shown is recorded' })
  @ApiResponse({ status: 200, type: WebhookSecretResponse, description: 'Found.' })
  @ProblemResponses(401, 403, 404, 429, 503)
  async show(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @Param('id') id: string,
  ): Promise<WebhookSecretResponse> {
    return unwrap(await this.secrets.show(tenant, actor, pathId('webhookEndpoint', id)));
  }

  @Post('rotate-secret')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'rotateWebhookSecret',
    summary: 'A new secret; the old one signs beside it for the overlap',
    description:
      'A receiver that knows either verifies every notice. Rotating again within the overlap ends the oldest.',
  })
  @ApiResponse({ status: 200, type: WebhookSecretResponse, description: 'Rotated.' })
  @ProblemResponses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
  async rotate(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @Param('id') id: string,
    @Body() { overlap_hours: overlap }: RotateWebhookSecretRequest,
  ): Promise<WebhookSecretResponse> {
    return unwrap(await this.secrets.rotate(tenant, actor, pathId('webhookEndpoint', id), overlap));
  }

  @Post('test')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'testWebhookEndpoint',
    summary: 'Send one notice now and see what comes back',
    description:
      'Signed like any other. It is neither tried again nor in the log, and goes to a switched-off endpoint too.',
  })
  @ApiResponse({ status: 200, type: WebhookTestResponse, description: 'What came back.' })
  @ProblemResponses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
  async test(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @AskWhetherShown() shown: () => boolean,
    @Param('id') id: string,
    @Body() { event_type: type }: TestWebhookEndpointRequest,
  ): Promise<WebhookTestResponse> {
    const tested = unwrap(await this.secrets.test(tenant, actor, pathId('webhookEndpoint', id), type));
    return shown() ? tested : { ...tested, response_body: null };
  }
}
