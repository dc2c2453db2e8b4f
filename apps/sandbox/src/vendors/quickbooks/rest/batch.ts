import { printEntity } from '../data/entity-printer';
import { type ApiContext, type ApiReply } from '../quickbooks.api.types';
import { Fault, fail, requiredMissing, unsupportedOperation, unsupportedProperty } from '../quickbooks.errors';
import { responseTime } from '../quickbooks.time';
import { isJsonObject, type Json, type JsonObject } from '../quickbooks.values';
import { runQuery } from '../query/query-engine';
import { deleteEntity, idText, saveEntity, voidEntity } from '../rules/entity-writer';
import { findEntityType } from '../schema/entity-registry';
import { deletedStub } from './entity.handlers';

const MAX_ITEMS = 30;
/** Together with a request id the vendor makes one id of both, hence their shorter limits. */
const MAX_BID_WITH_REQUEST_ID = 10;
const MEMBERS = new Set(['bId', 'operation', 'optionsData']);

/** `POST /batch`: answered 200 whatever becomes of its items, each of which stands for itself. */
export function runBatch(context: ApiContext, json: JsonObject, requestId: string | undefined): ApiReply {
  const items = readItems(json);
  if (requestId !== undefined) {
    for (const item of items) checkBatchId(item);
  }
  // Queries see the state before the batch: its items do not see each other's results.
  const queried = new Map(items.filter(isQuery).map((item) => [item, answer(() => queryItem(context, item))] as const));
  const responses = items.map((item) => {
    const bId = idText(item.bId) ?? '';
    return { bId, ...(queried.get(item) ?? answer(() => context.company.write(() => writeItem(context, item)))) };
  });
  return { status: 200, body: { BatchItemResponse: responses, time: responseTime(context.company.clock.now()) } };
}

function readItems(json: JsonObject): JsonObject[] {
  const { BatchItemRequest: items, ...rest } = json;
  if (Object.keys(rest).length > 0) unsupportedProperty();
  if (!Array.isArray(items) || items.length === 0) throw new Fault([requiredMissing('BatchItemRequest')]);
  const requests = (items as readonly Json[]).map((item) => (isJsonObject(item) ? item : unsupportedProperty()));
  if (requests.length > MAX_ITEMS) {
    fail({
      Message: 'Batch size exceeds allowed limit',
      Detail: `Batch request size or BatchItemRequest size exceeds the allowed limit. Batch size limit is ${MAX_ITEMS}`,
      code: '1040',
    });
  }
  const ids = requests.map(({ bId }) => idText(bId));
  if (ids.includes(undefined)) throw new Fault([requiredMissing('bId')]);
  if (new Set(ids).size < ids.length) {
    fail({ Message: 'Duplicate Object', Detail: 'Duplicate bId in the batch request', code: '630', element: 'bId' });
  }
  return requests;
}

function checkBatchId({ bId }: JsonObject): void {
  const id = idText(bId) ?? '';
  if (id.length > MAX_BID_WITH_REQUEST_ID) {
    fail({
      Message: 'Invalid Request Id Format',
      Detail: `bId is longer than ${MAX_BID_WITH_REQUEST_ID} characters: ${id}`,
      code: '2130',
      element: 'bId',
    });
  }
}

function isQuery(item: JsonObject): boolean {
  return 'Query' in item;
}

function answer(work: () => object): object {
  try {
    return work();
  } catch (error) {
    if (error instanceof Fault) return { Fault: error.body };
    throw error;
  }
}

function queryItem({ company }: ApiContext, { Query: statement, ...rest }: JsonObject): object {
  if (typeof statement !== 'string' || Object.keys(rest).some((name) => name !== 'bId')) unsupportedProperty();
  return { QueryResponse: runQuery(company, statement) };
}

function writeItem(context: ApiContext, item: JsonObject): object {
  const names = Object.keys(item).filter((name) => !MEMBERS.has(name));
  const type = names.length === 1 ? findEntityType(names[0] ?? '') : undefined;
  // Members are entity names, exactly as the schema spells them.
  if (!type || type.name !== names[0]) unsupportedProperty();
  const entity = item[type.name];
  if (!isJsonObject(entity)) unsupportedProperty();
  const include = new Set(idText(item.optionsData)?.toLowerCase().split(',') ?? []);
  const write = { ...context, include };
  const hasId = idText(entity.Id) !== undefined;
  switch (item.operation) {
    case 'create':
      // The vendor takes an Id as an update, whatever the operation says; a client that sends both is mistaken.
      if (hasId) unsupportedOperation('create with an Id');
      return { [type.name]: printEntity(context.company, saveEntity(write, type, entity)) };
    case 'update':
      if (!hasId) throw new Fault([requiredMissing('Id')]);
      return { [type.name]: printEntity(context.company, saveEntity(write, type, entity)) };
    case 'void':
      return { [type.name]: printEntity(context.company, voidEntity(write, type, entity)) };
    case 'delete':
      return { [type.name]: deletedStub(deleteEntity(write, type, entity)) };
    default:
      return unsupportedOperation(idText(item.operation) ?? 'none');
  }
}
