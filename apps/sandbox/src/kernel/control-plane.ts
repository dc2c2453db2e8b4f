import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { FAULT_RULE, type FaultRules } from './fault-rules';
import { jsonReply, type Exchange, type Reply } from './http-frame';
import { type Journal } from './journal';
import { type Router, type RouteParams } from './router';
import { type VirtualClock } from './virtual-clock';

export const ADMIN_PREFIX = '/__admin';

export type AdminHandler = (exchange: Exchange, params: RouteParams) => Reply;
export type AdminRouter = Router<AdminHandler>;

/** A control request that cannot be obeyed; its message goes to the (authorised) caller. */
export class ControlError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const CLOCK = z.strictObject({
  offset_ms: z.number().int().optional(),
  advance_ms: z.number().int().optional(),
  freeze: z.union([z.boolean(), z.iso.datetime({ offset: true })]).optional(),
  reset: z.literal(true).optional(),
});
const FAULTS = z.union([
  FAULT_RULE.transform((rule) => [rule]),
  z.strictObject({ rules: z.array(FAULT_RULE) }).transform(({ rules }) => rules),
]);

/** Parses a control body strictly: a misspelt switch that is silently ignored would make a test prove nothing. */
export function parseControl<T>(schema: z.ZodType<T>, exchange: Exchange): T {
  let value: unknown;
  try {
    value = exchange.body.length === 0 ? {} : JSON.parse(exchange.body.toString('utf8'));
  } catch {
    throw new ControlError(400, 'the body is not JSON');
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new ControlError(400, z.prettifyError(parsed.error));
  return parsed.data;
}

export interface ControlParts {
  readonly token: string;
  readonly clock: VirtualClock;
  readonly faults: FaultRules;
  readonly journal: Journal;
}

/** The switches every vendor has: clock, faults and the journal. Vendors add their own routes. */
export function addCommonRoutes(router: AdminRouter, { clock, faults, journal }: ControlParts): AdminRouter {
  return router
    .on('GET', `${ADMIN_PREFIX}/clock`, () => jsonReply(200, clock.describe()))
    .on('POST', `${ADMIN_PREFIX}/clock`, (exchange) => {
      const wanted = parseControl(CLOCK, exchange);
      if (wanted.reset) clock.reset();
      if (wanted.offset_ms !== undefined) clock.setOffset(wanted.offset_ms);
      if (wanted.advance_ms !== undefined) clock.advance(wanted.advance_ms);
      if (wanted.freeze === false) clock.resume();
      else if (wanted.freeze === true) clock.freeze();
      else if (wanted.freeze !== undefined) clock.freeze(Date.parse(wanted.freeze));
      return jsonReply(200, clock.describe());
    })
    .on('GET', `${ADMIN_PREFIX}/faults`, () => jsonReply(200, { faults: faults.list() }))
    .on('POST', `${ADMIN_PREFIX}/faults`, (exchange) => {
      const rules = parseControl(FAULTS, exchange);
      for (const { match } of rules) assertRegExp(match.path);
      return jsonReply(201, { ids: rules.map((rule) => faults.add(rule)) });
    })
    .on('DELETE', `${ADMIN_PREFIX}/faults`, () => {
      faults.clear();
      return { status: 204 };
    })
    .on('DELETE', `${ADMIN_PREFIX}/faults/:id`, (_exchange, { id = '' }) => {
      if (!faults.remove(id)) throw new ControlError(404, 'no such fault rule');
      return { status: 204 };
    })
    .on('GET', `${ADMIN_PREFIX}/requests`, ({ query }) => {
      assertRegExp(query.get('path') ?? undefined);
      return jsonReply(200, journal.list(journalFilter(query)));
    })
    .on('DELETE', `${ADMIN_PREFIX}/requests`, () => {
      journal.clear();
      return { status: 204 };
    });
}

export function queryInteger(query: URLSearchParams, name: string, fallback: number, max: number): number {
  const text = query.get(name);
  if (text === null) return fallback;
  if (!/^\d{1,9}$/.test(text)) throw new ControlError(400, `${name} is not a number`);
  return Math.min(Number(text), max);
}

function journalFilter(query: URLSearchParams): Parameters<Journal['list']>[0] {
  return {
    method: query.get('method')?.toUpperCase(),
    path: query.get('path') ?? undefined,
    fault: query.get('fault') ?? undefined,
    status: query.has('status') ? queryInteger(query, 'status', 0, 999) : undefined,
    after: query.has('after') ? queryInteger(query, 'after', 0, Number.MAX_SAFE_INTEGER) : undefined,
    limit: queryInteger(query, 'limit', 100, 2_000),
  };
}

function assertRegExp(pattern: string | undefined): void {
  try {
    if (pattern !== undefined) new RegExp(pattern);
  } catch {
    throw new ControlError(400, 'path is not a regular expression');
  }
}

/** Answers a control request; a wrong or missing token learns nothing about the routes. */
export function handleAdmin(router: AdminRouter, token: string, exchange: Exchange): Reply {
  if (!isAuthorised(exchange.headers.authorization, token)) {
    return jsonReply(401, { error: 'the control token is missing or wrong' }, { 'www-authenticate': 'Bearer' });
  }
  const match = router.match(exchange.method, exchange.path);
  if (match.kind === 'not_found') return jsonReply(404, { error: 'no such control' });
  if (match.kind === 'method_not_allowed') {
    return jsonReply(405, { error: 'method not allowed' }, { allow: match.allowed.join(', ') });
  }
  try {
    return match.handler(exchange, match.params);
  } catch (error) {
    if (error instanceof ControlError) return jsonReply(error.status, { error: error.message });
    throw error;
  }
}

/** Both sides are hashed first, so that neither content nor length shows in the time of the comparison. */
function isAuthorised(header: string | undefined, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(header ?? ''), digest(`Bearer ${token}`));
}
