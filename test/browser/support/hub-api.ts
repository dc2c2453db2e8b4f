import { request, type APIRequestContext, type APIResponse } from '@playwright/test';

export type Answer = Readonly<Record<string, unknown>>;
export interface List<Row = Answer> {
  readonly data: readonly Row[];
}

/** The API as a program calls it: for arranging what a journey finds, and for looking at what came of it. */
export class HubApi {
  private constructor(private readonly context: APIRequestContext) {}

  static async with(apiUrl: string, key: string): Promise<HubApi> {
    return new HubApi(
      await request.newContext({ baseURL: apiUrl, extraHTTPHeaders: { authorization: `Bearer ${key}` } }),
    );
  }

  /** @throws unless the answer is of the 2xx */
  async demand<T = Answer>(method: string, path: string, data?: unknown): Promise<T> {
    const response: APIResponse = await this.context.fetch(path, { method, ...(data === undefined ? {} : { data }) });
    const body = await response.text();
    if (!response.ok()) throw new Error(`${method} ${path} answered ${response.status()}: ${body}`);
    return (body === '' ? null : JSON.parse(body)) as T;
  }

  get<T = Answer>(path: string): Promise<T> {
    return this.demand<T>('GET', path);
  }

  post<T = Answer>(path: string, data: unknown = {}): Promise<T> {
    return this.demand<T>('POST', path, data);
  }

  close(): Promise<void> {
    return this.context.dispose();
  }
}
