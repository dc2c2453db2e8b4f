import { Router } from '../../../kernel/router';
import { isBatch, listTasks, showJob, showResult, showTask, submitJob, wantsAsync } from '../async/async.handlers';
import { type NetSuiteAccount } from '../netsuite.account';
import { allowParameters, type ApiContext, type ApiReply, type ApiRequest } from '../netsuite.context';
import { errorBody, ERROR_CONTENT_TYPE, reject, Rejection } from '../netsuite.errors';
import { suiteql } from '../suiteql/suiteql.handler';
import { list } from './collection';
import { catalog, describeType } from './metadata-catalog';
import { create, remove, retrieve, subresource, subresourceLine, update, upsert, type ApiHandler } from './records';
import { transform } from './transform';

/** Root of the REST API. */
export const REST_PATH = '/services/rest';

const serverTime: ApiHandler = ({ account }, { query }) => {
  allowParameters(query, []);
  const serverTime = new Date(account.clock.now()).toISOString();
  return { status: 200, headers: { 'content-type': 'application/json; charset=UTF-8' }, body: { serverTime } };
};

const governanceLimits: ApiHandler = ({ account, user }, { query }) => {
  allowParameters(query, []);
  if (!user.isAdministrator) {
    reject(403, 'INSUFFICIENT_PERMISSION', 'Permission Violation: Only an administrator can view governance limits.');
  }
  const limit = account.settings.concurrencyLimit;
  const body = { accountConcurrencyLimit: limit, accountUnallocatedConcurrencyLimit: limit };
  return { status: 200, headers: { 'content-type': 'application/json; charset=UTF-8' }, body };
};

/** Everything below `/services/rest`. */
const ROUTES: Router<ApiHandler> = new Router<ApiHandler>()
  .on('GET', 'record/v1/metadata-catalog', catalog)
  .on('GET', 'record/v1/metadata-catalog/:type', describeType)
  .on('GET', 'record/v1/:type', list)
  .on('POST', 'record/v1/:type', create)
  .on('GET', 'record/v1/:type/:id', retrieve)
  .on('PATCH', 'record/v1/:type/:id', update)
  .on('PUT', 'record/v1/:type/:id', upsert)
  .on('DELETE', 'record/v1/:type/:id', remove)
  .on('POST', 'record/v1/:type/:id/!transform/:target', transform)
  .on('GET', 'record/v1/:type/:id/:field', subresource)
  .on('GET', 'record/v1/:type/:id/:field/:line', subresourceLine)
  .on('GET', 'record/v1/:type/:id/:field/:line/:inner', subresourceLine)
  .on('POST', 'query/v1/suiteql', suiteql)
  .on('GET', 'async/v1/job/:id', showJob)
  .on('GET', 'async/v1/job/:id/task', listTasks)
  .on('GET', 'async/v1/job/:id/task/:task', showTask)
  .on('GET', 'async/v1/job/:id/task/:task/result', showResult)
  .on('GET', 'system/v1/serverTime', serverTime)
  .on('GET', 'system/v1/governanceLimits', governanceLimits);

/** Runs one call, or takes it as a job. A refused call leaves no trace in the data. */
export function dispatch(context: ApiContext, request: ApiRequest): ApiReply {
  advanceJobs(context.account);
  return answering(context.account, () => {
    const isJobCall = request.segments[0] === 'async';
    if (!isJobCall && wantsAsync(request.headers)) return submitJob(context, request);
    if (isBatch(request.headers) && request.method !== 'GET') {
      reject(400, 'INVALID_HEADER', "A collection of records is taken with 'Prefer: respond-async' only.", {
        header: 'Prefer',
      });
    }
    return run(context, request);
  });
}

/** Lets every job whose time has come do its work. */
export function advanceJobs(account: NetSuiteAccount): void {
  const dueMs = account.clock.now() - 2 * account.settings.asyncStepMs;
  for (const job of account.jobs.all()) {
    if (job.submittedMs > dueMs) continue;
    const context = { account, user: job.user, base: job.base };
    for (const task of job.tasks) task.reply ??= answering(account, () => run(context, task.request));
  }
}

function answering(account: NetSuiteAccount, work: () => ApiReply): ApiReply {
  try {
    return account.store.atomically(work);
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    return {
      status: error.status,
      headers: { 'content-type': ERROR_CONTENT_TYPE, ...error.headers },
      body: errorBody(error, account.settings.errorCodes),
    };
  }
}

function run(context: ApiContext, request: ApiRequest): ApiReply {
  const path = request.segments.join('/');
  const match = ROUTES.match(request.method, path);
  if (match.kind === 'found') return match.handler(context, request, match.params);
  if (match.kind === 'not_found') {
    reject(404, 'INVALID_URL', 'The requested URL is not valid.', { url: `${REST_PATH}/${path}` });
  }
  const allow = match.allowed.join(', ');
  const detail = `The HTTP method '${request.method}' is not allowed for this resource.`;
  throw new Rejection(405, [{ detail, code: 'METHOD_NOT_ALLOWED' }], undefined, { allow });
}
