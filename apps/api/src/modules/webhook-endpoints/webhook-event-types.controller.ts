import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { NOTICE_KINDS, TEST_NOTICE } from '@hub/webhooks';
import { RequireScope } from '../../http/access';
import { ProblemResponses } from '../../http/openapi';
import { WebhookEventTypesResponse } from './dto/webhook-endpoint.response';
import { toEventType } from './webhook-endpoint.mapper';

const CATALOGUE: WebhookEventTypesResponse = { data: [...NOTICE_KINDS, TEST_NOTICE].map(toEventType) };

@ApiTags('Webhook endpoints')
@ApiBearerAuth('api_key')
@Controller('v1/webhook-event-types')
export class WebhookEventTypesController {
  @Get()
  @RequireScope('config:read')
  @ApiOperation({
    operationId: 'listWebhookEventTypes',
    summary: 'Everything that endpoints can be told, with examples',
  })
  @ApiResponse({ status: 200, type: WebhookEventTypesResponse, description: 'The catalogue.' })
  @ProblemResponses(401, 403, 429, 503)
  list(): WebhookEventTypesResponse {
    return CATALOGUE;
  }
}
