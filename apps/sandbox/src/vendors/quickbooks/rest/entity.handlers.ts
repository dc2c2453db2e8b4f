import { printEntity } from '../data/entity-printer';
import { type Stored } from '../data/entity-store';
import { singletonOf } from '../data/singletons';
import { type ApiContext, type ApiReply, type ApiRequest } from '../quickbooks.api.types';
import { invalidId, objectNotFound, unsupportedOperation } from '../quickbooks.errors';
import { responseTime } from '../quickbooks.time';
import { deleteEntity, saveEntity, voidEntity } from '../rules/entity-writer';
import { type EntityType } from '../schema/schema.types';

/** `POST /{entity}[?operation=update|delete|void][&include=…]`; a creation too is answered 200. */
export function postEntity(context: ApiContext, type: EntityType, { query, json }: ApiRequest): ApiReply {
  const include = new Set((query.get('include') ?? '').toLowerCase().split(','));
  const write = { ...context, include };
  const { company } = context;
  switch (query.get('operation')?.toLowerCase()) {
    case undefined:
    case 'update':
      return found(
        context,
        type,
        company.write(() => saveEntity(write, type, json())),
      );
    case 'void':
      return found(
        context,
        type,
        company.write(() => voidEntity(write, type, json())),
      );
    case 'delete':
      return reply(context, { [type.name]: deletedStub(company.write(() => deleteEntity(write, type, json()))) });
    default:
      return unsupportedOperation(query.get('operation') ?? '');
  }
}

/** `GET /{entity}/{id}`; inactive records are found, deleted ones are not. */
export function getEntity(context: ApiContext, type: EntityType, id: string): ApiReply {
  return found(context, type, requireEntity(context, type, id));
}

/** @throws Fault 2030, 610 */
export function requireEntity({ company }: ApiContext, type: EntityType, id: string): Stored {
  if (!/^\d{1,18}$/.test(id) && type.name !== 'TaxCode') invalidId(id);
  return company.store.get(type.name, id) ?? objectNotFound();
}

/** `GET /preferences` and `GET /companyinfo/{realmId}` */
export function getSingleton(context: ApiContext, type: EntityType, id: string | undefined): ApiReply {
  const stored = singletonOf(context.company, type.name);
  const mayHaveId = type.name === 'CompanyInfo' ? id === context.company.realmId || id === '1' : id === undefined;
  return stored && mayHaveId ? found(context, type, stored) : objectNotFound();
}

export function deletedStub({ id }: Stored): object {
  return { status: 'Deleted', domain: 'QBO', Id: id };
}

export function found(context: ApiContext, type: EntityType, stored: Stored): ApiReply {
  return reply(context, { [type.name]: printEntity(context.company, stored) });
}

function reply({ company }: ApiContext, body: object): ApiReply {
  return { status: 200, body: { ...body, time: responseTime(company.clock.now()) } };
}
