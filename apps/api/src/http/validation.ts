import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { type ZodType } from 'zod';
import { fromPublicId, notFound, type IdKind } from '@hub/platform';
import { HubProblem } from './hub-problem';
import { notedInexact } from './inexact-numbers';
import { invalidRequest } from './problem.filter';
import { faultsOf, MOST_FAULTS } from './zod-faults';

interface ZodDtoClass {
  readonly isZodDto: true;
  readonly schema: ZodType;
}

/** Checks bodies and queries that are declared as `createZodDto` classes; pointers of query members read `#query/<name>`. */
@Injectable()
export class ZodPipe implements PipeTransform {
  transform(value: unknown, metadata: ArgumentMetadata): unknown {
    const dto = metadata.metatype as unknown as Partial<ZodDtoClass> | undefined;
    if (dto?.isZodDto !== true || dto.schema === undefined) return value;
    const checked = metadata.type === 'body' ? (value ?? {}) : value;
    const parsed = dto.schema.safeParse(checked);
    const inexact = notedInexact(checked);
    if (parsed.success && inexact.length === 0) return parsed.data;
    const prefix = metadata.type === 'query' ? '#query' : '';
    throw new HubProblem(invalidRequest(faultsOf(parsed.error, checked, prefix, MOST_FAULTS, inexact)));
  }
}

/** As the services call them, so that a malformed id reads like one that never existed. */
const NAMES: Partial<Record<IdKind, string>> = {
  apiKey: 'API key',
  linkEnd: 'link',
  auditRecord: 'audit record',
  auditExport: 'audit export',
  webhookEndpoint: 'webhook endpoint',
  alertChannel: 'alert channel',
  goldenCase: 'golden case',
  backtest: 'back-test',
  savedFilter: 'saved filter',
};

/** A public id of the path as a UUID; whatever is not one is a 404, like an id that never existed. */
export function pathId(kind: IdKind, text: string): string {
  const uuid = fromPublicId(kind, text);
  if (uuid === null) throw new HubProblem(notFound(NAMES[kind] ?? kind));
  return uuid;
}
