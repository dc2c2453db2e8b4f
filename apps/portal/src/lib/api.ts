import { client } from '@hub/api-client';
import { urlWith } from './curl';
import { setHubClock } from './hub-clock';
import { ApiProblem, problemFrom } from './problem';
import { type QueryMembers } from './search-params';

const UNSAFE = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
let csrfToken: string | null = null;
let whenSignedOut: () => void = () => undefined;
let renewToken: () => Promise<void> = () => Promise.resolve();

/** Bound to the session; without it the API refuses whatever changes something. */
export function setCsrfToken(token: string | null): void {
  csrfToken = token;
}

/** Called when an answer says that nobody is signed in any more. */
export function onSignedOut(handle: () => void): void {
  whenSignedOut = handle;
}

/** Called when the token is not that of the session; where there is a new one, it is set afterwards. */
export function onTokenRefused(renew: () => Promise<void>): void {
  renewToken = renew;
}

/**
 * A change whose token is out of date, because somebody signed in anew in another tab, was refused before anything was done: it
 * is sent once more.
 */
async function send(request: Request): Promise<Response> {
  if (!UNSAFE.has(request.method)) return answered(request);
  const again = request.clone();
  const token = csrfToken;
  const response = await answered(withToken(request));
  if (response.status !== 403 || !(await isTokenRefused(response.clone()))) return response;
  await renewToken();
  return csrfToken === token ? response : answered(withToken(again));
}

async function answered(request: Request): Promise<Response> {
  const response = await fetch(request);
  setHubClock(response);
  return response;
}

function withToken(request: Request): Request {
  if (csrfToken !== null) request.headers.set('x-csrf-token', csrfToken);
  return request;
}

async function isTokenRefused(response: Response): Promise<boolean> {
  return (parsed(await response.text()) as { code?: unknown } | undefined)?.code === 'csrf_failed';
}

client.setConfig({
  baseUrl: window.location.origin,
  credentials: 'same-origin',
  fetch: (input, init) => send(new Request(input, init)),
});

interface Answered<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response?: Response;
}

/**
 * The data of an operation of the API client.
 * @throws ApiProblem with what the API said, or with status 0 when nothing came back
 */
export async function answerOf<T>(operation: Promise<Answered<T>>): Promise<T> {
  const { data, error, response } = await operation.catch((cause: unknown) => unreachable(cause));
  if (response?.ok === true) return data as T;
  throw failed(response, error);
}

/** The few endpoints that are only for signing in. */
export async function callAuth<T>(method: string, path: string, body?: unknown): Promise<T> {
  const request = new Request(`${window.location.origin}/auth${path}`, {
    method,
    credentials: 'same-origin',
    headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const response = await send(request).catch((cause: unknown) => unreachable(cause));
  const text = await response.text();
  const answer: unknown = text === '' ? undefined : parsed(text);
  if (!response.ok) throw failed(response, answer);
  return answer as T;
}

/**
 * An answer as the API wrote it, for where a figure must keep every digit.
 * @throws ApiProblem as {@link answerOf} does
 */
export async function fetchText(path: string): Promise<string> {
  const response = await fetch(path, { credentials: 'same-origin' }).catch((cause: unknown) => unreachable(cause));
  const text = await response.text();
  if (!response.ok) throw failed(response, parsed(text));
  return text;
}

/** A file. @throws ApiProblem as {@link answerOf} does */
export async function fetchBlob(path: string): Promise<Blob> {
  const response = await fetch(path, { credentials: 'same-origin' }).catch((cause: unknown) => unreachable(cause));
  if (!response.ok) throw failed(response, parsed(await response.text()));
  return response.blob();
}

/**
 * A stream of the API that goes on for as long as both sides want.
 * @param lastId of the last message that came, to go on after it
 * @throws ApiProblem as {@link answerOf} does
 */
export async function openStream(
  path: string,
  query: QueryMembers,
  lastId: string | null,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const response = await fetch(urlWith(path, query), {
    credentials: 'same-origin',
    headers: { accept: 'text/event-stream', ...(lastId === null ? {} : { 'last-event-id': lastId }) },
    signal,
  }).catch((cause: unknown) => unreachable(cause));
  if (!response.ok || response.body === null) throw failed(response, parsed(await response.text()));
  return response.body;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function failed(response: Response | undefined, body: unknown): ApiProblem {
  const problem = problemFrom(response?.status ?? 0, body, response?.headers ?? new Headers());
  if (problem.status === 401) whenSignedOut();
  return problem;
}

function unreachable(cause: unknown): never {
  throw new ApiProblem(0, 'unreachable', '', cause instanceof Error ? cause.message : String(cause), null);
}
