import 'reflect-metadata';
import { ApiKeysController } from '../modules/api-keys/api-keys.controller';
import { ConnectionsController } from '../modules/connections/connections.controller';
import { DeliveriesController } from '../modules/deliveries/deliveries.controller';
import { MappingVersionsController } from '../modules/mappings/mapping-versions.controller';
import { MappingsController } from '../modules/mappings/mappings.controller';
import { RoutesController } from '../modules/routes/routes.controller';
import { IdempotencyInterceptor } from './idempotency.interceptor';

describe('Idempotency-Key', () => {
  it.each([
    ApiKeysController,
    ConnectionsController,
    DeliveriesController,
    MappingVersionsController,
    MappingsController,
    RoutesController,
  ])('is honoured by %p', (controller) => {
    const interceptors = Reflect.getMetadata('__interceptors__', controller) as unknown[] | undefined;
    expect(interceptors).toContain(IdempotencyInterceptor);
  });
});
