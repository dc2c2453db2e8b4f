import 'reflect-metadata';
import { type CallHandler, type ExecutionContext } from '@nestjs/common';
import { lastValueFrom, of, throwError } from 'rxjs';
import { silentLogger } from '@hub/platform';
import { type TenantDb } from '@hub/tenancy';
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

describe('an Idempotency-Key, when the storage fails after the claim', () => {
  const statements: string[] = [];
  let failing: RegExp;
  const query = (sql: string): Promise<unknown[]> => {
    statements.push(sql.trim().split(/\s/)[0] ?? '');
    if (failing.test(sql)) return Promise.reject(new Error('the storage is gone'));
    return Promise.resolve(sql.includes('insert') ? [{ claimed_at: 'now' }] : []);
  };
  const tenants = { run: (_tenant: string, work: (tx: unknown) => unknown) => work({ query }) } as unknown as TenantDb;
  const warnings: string[] = [];
  const logger = { ...silentLogger, warn: (message: string) => void warnings.push(message) };
  const request = {
    method: 'POST',
    url: '/v1/x',
    id: 'req_1',
    identity: { tenantId: 't', scopes: new Set() },
    headers: { 'idempotency-key': 'k' },
  };
  const http = { getRequest: () => request, getResponse: () => ({ statusCode: 201, getHeader: () => undefined }) };
  const context = { switchToHttp: () => http } as unknown as ExecutionContext;
  const outcomeOf = (handle: CallHandler['handle']): Promise<unknown> =>
    lastValueFrom(new IdempotencyInterceptor(tenants, logger).intercept(context, { handle }));

  beforeEach(() => {
    statements.length = 0;
    warnings.length = 0;
  });

  it('gives the answer of what was done, and does not invite a second doing', async () => {
    failing = /^\s*update/;
    expect(await outcomeOf(() => of({ id: 1 }))).toEqual({ id: 1 });
    expect(statements).toEqual(['insert', 'update']);
    expect(warnings).toEqual([expect.stringContaining('keep')]);
  });

  it('tells why the request failed, not that its key could not be released', async () => {
    failing = /^\s*delete/;
    await expect(outcomeOf(() => throwError(() => new Error('name taken')))).rejects.toThrow('name taken');
    expect(statements).toEqual(['insert', 'delete']);
    expect(warnings).toEqual([expect.stringContaining('release')]);
  });
});
