import { Controller, Get, Param, Inject } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '../../http/access';
import { unwrap } from '../../http/hub-problem';
import { ProblemResponses } from '../../http/openapi';
import { toConnectorResponse } from './connector.mapper';
import { ConnectorsService } from './connectors.service';
import { ConnectorListResponse, ConnectorResponse } from './dto/connector.response';

@ApiTags('Connectors')
@ApiBearerAuth('api_key')
@RequireScope('config:read')
@Controller('v1/connectors')
export class ConnectorsController {
  constructor(@Inject(ConnectorsService) private readonly connectors: ConnectorsService) {}

  @Get()
  @ApiOperation({ operationId: 'listConnectors', summary: 'The catalogue of systems the hub can deliver to' })
  @ApiResponse({ status: 200, type: ConnectorListResponse, description: 'Found.' })
  @ProblemResponses(401, 403, 429, 503)
  list(): ConnectorListResponse {
    return { data: this.connectors.list().map(toConnectorResponse) };
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getConnector', summary: 'One connector: its settings, operations and limits' })
  @ApiResponse({ status: 200, type: ConnectorResponse, description: 'Found.' })
  @ProblemResponses(401, 403, 404, 429, 503)
  find(@Param('id') id: string): ConnectorResponse {
    return toConnectorResponse(unwrap(this.connectors.find(id)));
  }
}
