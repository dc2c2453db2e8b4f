import { Router } from '../../../kernel/router';
import {
  changeJob,
  deleteJob,
  failedResults,
  getJob,
  listJobs,
  openJob,
  successfulResults,
  unprocessedRecords,
  upload,
} from '../bulk/bulk.handlers';
import { type ApiContext, type ApiReply, type ApiRequest } from '../salesforce.context';
import { Rejection, rejectNotFound, reject } from '../salesforce.errors';
import { deleted, updated } from './changes';
import { createMany, deleteMany, retrieveMany, updateMany, upsertMany } from './collections';
import { batchHandler, compositeHandler } from './composite';
import { limits } from './limits';
import { query, queryAll, queryMore } from './query';
import {
  basicInformation,
  create,
  describe,
  globalDescribe,
  remove,
  retrieve,
  update,
  type ApiHandler,
} from './sobjects';
import { removeByKey, retrieveByKey, upsert } from './upsert';

const RESOURCES = ['sobjects', 'query', 'queryAll', 'limits', 'composite', 'jobs'];

const resources: ApiHandler = ({ base }) => ({
  status: 200,
  body: Object.fromEntries(RESOURCES.map((name) => [name, `${base}/${name}`])),
});

/** Everything below `/services/data/vNN.0`. */
const ROUTES: Router<ApiHandler> = new Router<ApiHandler>()
  .on('GET', '', resources)
  .on('GET', 'limits', limits)
  .on('GET', 'query', query)
  .on('GET', 'queryAll', queryAll)
  .on('GET', 'query/:locator', queryMore)
  .on('GET', 'queryAll/:locator', queryMore)
  .on('GET', 'sobjects', globalDescribe)
  .on('GET', 'sobjects/:object', basicInformation)
  .on('POST', 'sobjects/:object', create)
  .on('GET', 'sobjects/:object/describe', describe)
  .on('GET', 'sobjects/:object/updated', updated)
  .on('GET', 'sobjects/:object/deleted', deleted)
  .on('GET', 'sobjects/:object/:id', retrieve)
  .on('PATCH', 'sobjects/:object/:id', update)
  .on('DELETE', 'sobjects/:object/:id', remove)
  .on('GET', 'sobjects/:object/:field/:value', retrieveByKey)
  .on('PATCH', 'sobjects/:object/:field/:value', upsert)
  .on('DELETE', 'sobjects/:object/:field/:value', removeByKey)
  .on('POST', 'composite', compositeHandler(dispatch))
  .on('POST', 'composite/batch', batchHandler(dispatch))
  .on('POST', 'composite/sobjects', createMany)
  .on('PATCH', 'composite/sobjects', updateMany)
  .on('DELETE', 'composite/sobjects', deleteMany)
  .on('GET', 'composite/sobjects/:object', retrieveMany)
  .on('POST', 'composite/sobjects/:object', retrieveMany)
  .on('PATCH', 'composite/sobjects/:object/:field', upsertMany)
  .on('GET', 'jobs/ingest', listJobs)
  .on('POST', 'jobs/ingest', openJob)
  .on('GET', 'jobs/ingest/:job', getJob)
  .on('PATCH', 'jobs/ingest/:job', changeJob)
  .on('DELETE', 'jobs/ingest/:job', deleteJob)
  .on('PUT', 'jobs/ingest/:job/batches', upload)
  .on('GET', 'jobs/ingest/:job/successfulResults', successfulResults)
  .on('GET', 'jobs/ingest/:job/failedResults', failedResults)
  .on('GET', 'jobs/ingest/:job/unprocessedrecords', unprocessedRecords);

/** Runs one call. A refused call leaves no trace in the data. */
export function dispatch(context: ApiContext, request: ApiRequest): ApiReply {
  const { store } = context.org;
  const savepoint = store.savepoint();
  try {
    return run(context, request);
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    store.rollback(savepoint);
    return { status: error.status, body: error.items };
  }
}

function run(context: ApiContext, request: ApiRequest): ApiReply {
  const { method, segments } = request;
  const match = ROUTES.match(method === 'HEAD' ? 'GET' : method, segments.join('/'));
  if (match.kind === 'found') return match.handler(context, request, match.params);
  if (match.kind === 'not_found') return rejectNotFound();
  return reject(
    405,
    'METHOD_NOT_ALLOWED',
    `HTTP Method '${method}' not allowed. Allowed are ${match.allowed.join(',')}`,
  );
}
