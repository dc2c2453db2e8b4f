import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CANONICAL_SCHEMAS, CANONICAL_TYPES, type ConnectorRegistry } from '@hub/connector-sdk';
import { MAPPING_FUNCTIONS } from '@hub/mapping-engine';
import { notFound } from '@hub/platform';
import { RequireScope } from '../../http/access';
import { HubProblem } from '../../http/hub-problem';
import { ProblemResponses } from '../../http/openapi';
import { CONNECTOR_REGISTRY } from '../../tokens';
import { unknownConnectorAsked } from '../connectors/unknown-connector';
import {
  CanonicalTypeListResponse,
  ListTemplatesQuery,
  MappingFunctionListResponse,
  TemplateListResponse,
  TemplateResponse,
} from './dto/mapping-template.dto';
import { toMappingFunction, toTemplateResponse, toTemplateSummary } from './mapping-template.mapper';
import { allTemplates, findTemplate } from './templates';

/** Ready-made mappings that come with the connectors, and the model that they map to and from: the same for every tenant. */
@ApiTags('Mappings')
@ApiBearerAuth('api_key')
@RequireScope('config:read')
@Controller('v1')
export class MappingTemplatesController {
  constructor(@Inject(CONNECTOR_REGISTRY) private readonly connectors: ConnectorRegistry) {}

  @Get('mapping-templates')
  @ApiOperation({ operationId: 'listMappingTemplates', summary: 'Ready-made mappings, by connector' })
  @ApiResponse({ status: 200, type: TemplateListResponse, description: 'Found.' })
  @ProblemResponses(400, 401, 403, 429, 503)
  list(@Query() query: ListTemplatesQuery): TemplateListResponse {
    const { connector, direction, canonical_type: type } = query;
    if (connector !== undefined && this.connectors.get(connector) === undefined)
      throw new HubProblem(unknownConnectorAsked());
    const found = allTemplates(this.connectors).filter(
      ({ connector: of, template }) =>
        (connector === undefined || of === connector) &&
        (direction === undefined || template.direction === direction) &&
        (type === undefined || template.canonicalType === type),
    );
    return { data: found.map(toTemplateSummary) };
  }

  @Get('mapping-templates/:id')
  @ApiOperation({ operationId: 'getMappingTemplate', summary: 'One ready-made mapping with its expression' })
  @ApiResponse({ status: 200, type: TemplateResponse, description: 'Found.' })
  @ProblemResponses(401, 403, 404, 429, 503)
  find(@Param('id') id: string): TemplateResponse {
    const found = findTemplate(this.connectors, id);
    if (found === undefined) throw new HubProblem(notFound('mapping template'));
    return toTemplateResponse(found);
  }

  @Get('canonical-types')
  @ApiOperation({ operationId: 'listCanonicalTypes', summary: 'The hub’s own model of records, as JSON Schemas' })
  @ApiResponse({ status: 200, type: CanonicalTypeListResponse, description: 'Found.' })
  @ProblemResponses(401, 403, 429, 503)
  types(): CanonicalTypeListResponse {
    return { data: CANONICAL_TYPES.map((type) => ({ type, schema: CANONICAL_SCHEMAS[type] })) };
  }

  @Get('mapping-functions')
  @ApiOperation({
    operationId: 'listMappingFunctions',
    summary: 'What expressions can call besides JSONata’s own functions',
  })
  @ApiResponse({ status: 200, type: MappingFunctionListResponse, description: 'Found.' })
  @ProblemResponses(401, 403, 429, 503)
  functions(): MappingFunctionListResponse {
    return { data: MAPPING_FUNCTIONS.map(toMappingFunction) };
  }
}
