import { type DeadLetterGroup } from '@hub/api-client';
import { count } from '../../lib/number';
import { sinceTime } from '../../lib/time';
import { text } from '../../text';

/** As the API's title, which is for messages and therefore in UTC; here in the reader's zone like everything else. */
export function GroupTitle({ group }: { readonly group: DeadLetterGroup }) {
  return text.repair.deadLetters.failedSince(count(group.count), sinceTime(group.first_failed_at), group.cause);
}
