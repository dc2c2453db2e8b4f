import { AsyncLocalStorage } from 'node:async_hooks';
import axios, { AxiosError, AxiosHeaders, type AxiosAdapter, type AxiosResponse } from 'axios';
import QuickBooks from 'node-quickbooks';
import {
  type Result,
  type SafeHttp,
  type SafeHttpFailure,
  type SafeHttpRequest,
  type SafeHttpResponse,
} from '@hub/platform';

/** A request and what became of it. */
export interface WireCall {
  readonly request: SafeHttpRequest;
  readonly result: Result<SafeHttpResponse, SafeHttpFailure>;
}

interface Scope {
  readonly http: SafeHttp;
  readonly limits: { readonly timeoutMs: number; readonly maxResponseBytes: number; readonly signal: AbortSignal };
  last: WireCall | undefined;
}

const scopes = new AsyncLocalStorage<Scope>();
const ordinary = axios.getAdapter(axios.defaults.adapter);

/**
 * node-quickbooks calls the process-wide axios and takes neither an instance nor a time limit, a signal or an agent. This
 * adapter carries the calls made inside {@link callLibrary} over the hub's own HTTP and leaves every other one alone.
 */
const adapter: AxiosAdapter = async (config) => {
  const scope = scopes.getStore();
  if (scope === undefined) return ordinary(config);
  const request: SafeHttpRequest = {
    method: (config.method ?? 'get').toUpperCase(),
    url: axios.getUri(config),
    headers: Object.fromEntries(
      Object.entries(AxiosHeaders.from(config.headers).toJSON()).flatMap(([name, value]) =>
        typeof value === 'string' ? [[name.toLowerCase(), value]] : [],
      ),
    ),
    ...(typeof config.data === 'string' ? { body: config.data } : {}),
    ...scope.limits,
  };
  const { 'accept-encoding': _framing, 'content-length': _length, ...headers } = request.headers ?? {};
  const result = await scope.http.request({ ...request, headers });
  scope.last = { request: { ...request, headers }, result };
  if (!result.ok) throw new AxiosError(result.error.message, result.error.kind, config);
  const response: AxiosResponse = {
    data: result.value.body.toString('utf8'),
    status: result.value.status,
    statusText: '',
    headers: result.value.headers,
    config,
    request: null,
  };
  if (config.validateStatus == null || config.validateStatus(response.status)) return response;
  throw new AxiosError(`status ${response.status}`, AxiosError.ERR_BAD_RESPONSE, config, null, response);
};
axios.defaults.adapter = adapter;

export interface LibraryCompany {
  readonly realmId: string;
  readonly companyUrl: string;
  readonly accessToken: string;
}

/**
 * Runs one call of node-quickbooks. What it calls back with is not used: its errors carry the bearer token, its bodies have
 * lost digits, and a body with a fault comes as a success or as an error. The wire says it all.
 */
export async function callLibrary(
  http: SafeHttp,
  limits: Scope['limits'],
  { realmId, companyUrl, accessToken }: LibraryCompany,
  run: (quickBooks: QuickBooks, done: () => void) => void,
): Promise<WireCall> {
  const scope: Scope = { http, limits, last: undefined };
  await scopes.run(scope, async () => {
    const quickBooks = new QuickBooks('', '', accessToken, '', realmId, false, false, '75', '2.0', '');
    quickBooks.endpoint = companyUrl;
    await new Promise<void>((resolve) => run(quickBooks, resolve));
  });
  if (scope.last === undefined) throw new Error('node-quickbooks made no call');
  return scope.last;
}
