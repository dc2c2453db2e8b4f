import { memberText } from '../../lib/raw-json';

const MEMBERS = ['event_id', 'type', 'source', 'subject', 'occurred_at', 'data', 'metadata'] as const;

/**
 * The body that sends an event again, from what the API says of it: letter by letter, because a figure that went through a
 * number of JavaScript may be another one.
 *
 * @param answer the text of `GET /v1/events/{tracking_id}?include=payload`
 * @returns null when the payload is not in it
 */
export function sameEvent(answer: string): string | null {
  const members = MEMBERS.flatMap((name) => {
    const value = memberText(answer, name === 'data' ? 'payload' : name);
    return value === null || value === 'null' ? [] : [`${JSON.stringify(name)}:${value}`];
  });
  return members.some((member) => member.startsWith('"data":')) ? `{${members.join(',')}}` : null;
}
