import { z } from 'zod';
import { FAULT_RULE, type FaultRuleInput } from '../../../kernel/fault-rules';
import { authenticationXml, throttleXml } from '../quickbooks.xml';
import { responseTime } from '../quickbooks.time';

const NAMES = [
  'throttle_429',
  'throttle_403',
  'service_unavailable',
  'gateway_timeout',
  'system_fault',
  'fault_in_200',
  'auth_expired_xml',
] as const;

/** A fault rule whose answer is the vendor's own: the caller says when, the preset says what. */
export const FAULT_PRESET = z.strictObject({
  preset: z.enum(NAMES),
  match: FAULT_RULE.shape.match,
  times: FAULT_RULE.shape.times,
  after: FAULT_RULE.shape.after,
  probability: FAULT_RULE.shape.probability,
  /** The vendor does the work first and only then misbehaves. */
  after_commit: z.boolean().default(false),
});

export type FaultPreset = z.infer<typeof FAULT_PRESET>;

export function presetRule({ preset, after_commit, ...when }: FaultPreset, nowMs: number): FaultRuleInput {
  return { ...when, action: { type: 'status', after_commit, ...answer(preset, responseTime(nowMs)) } };
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: Record<string, string>;
}

const XML = 'application/xml;charset=UTF-8';
const JSON_TYPE = 'application/json;charset=UTF-8';
const HTML_TYPE = 'text/html;charset=UTF-8';
const TID = '1-00000000-injectedfault00000000000';

function answer(preset: (typeof NAMES)[number], time: string): Answer {
  const as = (status: number, type: string, body: string): Answer => ({
    status,
    body,
    headers: { 'content-type': type, intuit_tid: TID },
  });
  switch (preset) {
    case 'throttle_429':
      return as(429, XML, throttleXml(429, time));
    case 'throttle_403':
      return as(403, XML, throttleXml(403, time));
    case 'service_unavailable':
      return as(
        503,
        HTML_TYPE,
        '<html><head><title>503 Service Temporarily Unavailable</title></head><body><center><h1>503 Service Temporarily Unavailable</h1></center><hr><center>nginx</center></body></html>',
      );
    case 'gateway_timeout':
      return as(
        504,
        JSON_TYPE,
        systemFault('6002', 'Gateway Timeout', 'The request timed out after 120 seconds.', time),
      );
    case 'system_fault':
      return as(
        500,
        JSON_TYPE,
        systemFault(
          '10000',
          'An application error has occurred while processing your request',
          'System Failure Error: an unexpected error occurred while accessing or saving your data.',
          time,
        ),
      );
    case 'fault_in_200':
      return as(
        200,
        JSON_TYPE,
        systemFault(
          '10000',
          'An application error has occurred while processing your request',
          'System Failure Error',
          time,
        ),
      );
    case 'auth_expired_xml':
      return as(401, XML, authenticationXml(time));
  }
}

function systemFault(code: string, Message: string, Detail: string, time: string): string {
  return JSON.stringify({ Fault: { Error: [{ Message, Detail, code, element: '' }], type: 'SystemFault' }, time });
}
