import {
  allowParameters,
  isObject,
  selfLink,
  type ApiContext,
  type ApiReply,
  type ApiRequest,
} from '../netsuite.context';
import { reject, Rejection } from '../netsuite.errors';
import { type ApiHandler } from '../rest/records';
import { jobProgress, taskProgress, type AsyncJob, type AsyncTask } from './async-jobs';

const MAX_BATCH = 100;
const APPLIED = { 'preference-applied': 'respond-async' };

export function wantsAsync(headers: ApiRequest['headers']): boolean {
  return (headers.prefer ?? '').split(',').some((preference) => preference.trim().toLowerCase() === 'respond-async');
}

export function isBatch(headers: ApiRequest['headers']): boolean {
  return /;\s*type=collection\b/i.test(headers['content-type'] ?? '');
}

/**
 * Takes a call as a job: 202 and its address. A key that came before is a conflict that says where the first job is;
 * on a synchronous call the vendor does not look at the key at all.
 */
export function submitJob(context: ApiContext, request: ApiRequest): ApiReply {
  const { account, user, base } = context;
  const idempotencyKey = request.headers['x-netsuite-idempotency-key'];
  const earlier = idempotencyKey === undefined ? undefined : account.jobs.withKey(user, idempotencyKey);
  if (earlier) {
    const detail =
      'A request with the same idempotency key is already submitted. See the "Location" header for a link to the previously submitted job';
    const headers = { ...APPLIED, location: jobUrl(base, earlier) };
    throw new Rejection(400, [{ detail, code: 'IDEMPOTENCY_ERROR' }], 'Conflict', headers);
  }
  const requests = isBatch(request.headers) ? splitBatch(request) : [request];
  const tasks = requests.map((part, index): AsyncTask => ({ id: String(index + 1), request: part, reply: undefined }));
  const job = account.jobs.add({ user, base, submittedMs: account.clock.now(), idempotencyKey, tasks });
  return { status: 202, headers: { ...APPLIED, location: jobUrl(base, job) } };
}

function splitBatch(request: ApiRequest): ApiRequest[] {
  const { method, segments, body } = request;
  const items = isObject(body) ? body.items : undefined;
  const isCollection = segments[0] === 'record' && segments.length === 3;
  if (!isCollection || !Array.isArray(items) || !['POST', 'PATCH', 'PUT'].includes(method)) {
    reject(400, 'INVALID_CONTENT', 'Invalid content in the request body.', { path: 'items' });
  }
  if (items.length === 0 || items.length > MAX_BATCH) {
    reject(400, 'INVALID_CONTENT', `Provide between 1 and ${MAX_BATCH} records in one request.`, { path: 'items' });
  }
  return items.map((item: unknown, index) => {
    if (!isObject(item)) {
      reject(400, 'INVALID_CONTENT', 'Invalid content in the request body.', { path: `items[${index}]` });
    }
    const key = batchKey(method, item, index);
    return { ...request, segments: key === undefined ? segments : [...segments, key], body: item };
  });
}

function batchKey(method: string, item: Readonly<Record<string, unknown>>, index: number): string | undefined {
  if (method === 'POST') return undefined;
  if (method === 'PATCH' && (typeof item.id === 'string' || typeof item.id === 'number')) return String(item.id);
  if (typeof item.externalId === 'string') return `eid:${encodeURIComponent(item.externalId)}`;
  const path = `items[${index}].${method === 'PATCH' ? 'id' : 'externalId'}`;
  return reject(400, 'INVALID_CONTENT', 'Provide the identifier of the record.', { path });
}

function jobUrl(base: string, { id }: AsyncJob): string {
  return `${base}/async/v1/job/${id}`;
}

function requireJob({ account, user }: ApiContext, id: string): AsyncJob {
  const job = account.jobs.get(id);
  if (job && (job.user === user || user.isAdministrator)) return job;
  return reject(404, 'NONEXISTENT_ID', `The job '${id}' does not exist.`);
}

function requireTask(job: AsyncJob, id: string): AsyncTask {
  return job.tasks.find((task) => task.id === id) ?? reject(404, 'NONEXISTENT_ID', `The task '${id}' does not exist.`);
}

/** `GET /async/v1/job/{id}` */
export const showJob: ApiHandler = (context, { query }, { id = '' }) => {
  allowParameters(query, []);
  const job = requireJob(context, id);
  const progress = jobProgress(job, context.account.clock.now(), context.account.settings.asyncStepMs);
  const href = jobUrl(context.base, job);
  const completed = progress === 'succeeded' || progress === 'failed';
  return json({ ...selfLink(href), completed, id, progress, task: selfLink(`${href}/task`) });
};

/** `GET /async/v1/job/{id}/task` */
export const listTasks: ApiHandler = (context, { query }, { id = '' }) => {
  allowParameters(query, []);
  const job = requireJob(context, id);
  const href = `${jobUrl(context.base, job)}/task`;
  const items = job.tasks.map((task) => ({ ...selfLink(`${href}/${task.id}`), id: task.id }));
  return json({ ...selfLink(href), items, totalResults: items.length });
};

/** `GET /async/v1/job/{id}/task/{task}` */
export const showTask: ApiHandler = (context, { query }, { id = '', task: taskId = '' }) => {
  allowParameters(query, []);
  const job = requireJob(context, id);
  const task = requireTask(job, taskId);
  const progress = taskProgress(task, job, context.account.clock.now(), context.account.settings.asyncStepMs);
  const href = `${jobUrl(context.base, job)}/task/${task.id}`;
  const completed = task.reply !== undefined;
  return json({ ...selfLink(href), completed, id: task.id, progress, result: selfLink(`${href}/result`) });
};

/** `GET /async/v1/job/{id}/task/{task}/result`: the answer that the call would have had. */
export const showResult: ApiHandler = (context, { query }, { id = '', task: taskId = '' }) => {
  allowParameters(query, []);
  const { reply } = requireTask(requireJob(context, id), taskId);
  if (!reply) return reject(404, 'NONEXISTENT_ID', 'The result of the task is not available yet.');
  return { ...reply, wrote: undefined };
};

function json(body: object): ApiReply {
  return { status: 200, headers: { 'content-type': 'application/json; charset=UTF-8' }, body };
}
