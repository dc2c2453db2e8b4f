import { type ConnectorError, type PulledRecord } from '@hub/connector-sdk';
import { type RecordScope } from './pull.ports';
import { type NoticesDone, type PageDone, type WorkRun, type WorkSync } from './pull-store.port';
import { type PullConnection } from './puller.ports';
import { type PipelineDependencies } from './record-pipeline';

export type ServedWork =
  | { readonly kind: 'page'; readonly done: PageDone }
  | { readonly kind: 'notices'; readonly done: NoticesDone }
  | { readonly kind: 'failed'; readonly error: ConnectorError };

/** One unit of work as it is being done. */
export interface Serving {
  readonly dependencies: PipelineDependencies;
  readonly connection: PullConnection;
  readonly scope: RecordScope;
  readonly sync: WorkSync;
  readonly run: WorkRun;
  readonly signal: AbortSignal;
}

export function failed(category: ConnectorError['category'], code: string, message: string): ServedWork {
  return { kind: 'failed', error: { category, code, message } };
}

/** A record of which only the id is known. */
export function goneRecord(object: string, id: string): PulledRecord {
  return {
    object,
    id,
    change: 'deleted',
    version: null,
    modifiedAt: null,
    modifiedByUs: null,
    dataText: JSON.stringify({ id }),
  };
}
