import { type FailureAdvice } from './advice.types';

type Table = Readonly<Record<string, FailureAdvice>>;

const REPLAY_AFTER = 'Then replay these deliveries.';

/** One entry for each error category of the connector SDK: what is said when nobody knows the code better. */
export const CATEGORY_ADVICE: Table = {
  auth_expired: {
    title: 'sign-in expired',
    explanation: 'The other system no longer accepts the access token, and it could not be renewed.',
    action: 'Sign in to the connection again. What waits for it is then delivered by itself.',
  },
  auth_revoked: {
    title: 'access withdrawn',
    explanation: 'The other system has withdrawn the hub’s access, or the credentials are wrong.',
    action: 'Sign in to the connection again, or set new credentials. What waits for it is then delivered by itself.',
  },
  permission: {
    title: 'not permitted',
    explanation: 'The account that the connection uses may not do this in the other system.',
    action: `Let an administrator of that system grant the account the right that the message names. ${REPLAY_AFTER}`,
  },
  validation: {
    title: 'record refused',
    explanation: 'The other system does not take the record as it was sent: a field is missing, too long or not valid.',
    action: `Compare the payload with the message. Where the mapping is at fault, publish a corrected version and replay with mapping "current"; where the data is, correct it at its source, which sends it anew.`,
  },
  duplicate: {
    title: 'duplicate record',
    explanation: 'A record with the same name or key is there already in the other system.',
    action:
      'Link the two records, or rename one of them, or let the mapping make the name unique; then replay with mapping "current". If the record there is the right one, cancel these.',
  },
  stale: {
    title: 'record changed meanwhile',
    explanation: 'The record was changed in the other system each time the hub was about to write it.',
    action: 'Find out what else writes the record at the same time, then replay.',
  },
  not_found: {
    title: 'record not found',
    explanation: 'The record, or one that it points at, does not exist in the other system or has been deleted there.',
    action: `Create or restore it there, or deliver the event that makes it first. ${REPLAY_AFTER} If it was deleted on purpose, cancel these.`,
  },
  rate_limited: {
    title: 'limit of calls used up',
    explanation: 'The other system did not accept more calls for so long that the hub gave up waiting.',
    action: 'Have the limit raised, or send less. Then replay with a rate that the limit can bear.',
  },
  concurrency: {
    title: 'too many calls at once',
    explanation: 'The other system refused the calls because too many of its users were calling it at once.',
    action: 'Lower the connection’s concurrency, or see what else calls that system. Then replay.',
  },
  transient: {
    title: 'system unavailable',
    explanation: 'The other system did not answer, or answered that it is in trouble, at every attempt.',
    action: 'Wait until that system works again (test the connection), then retry or replay these deliveries.',
  },
  unknown_outcome: {
    title: 'outcome unknown',
    explanation:
      'The connection broke while the record was being written, and the hub could not find out whether it arrived.',
    action:
      'Look the record up in the other system. If it is there, cancel the delivery; if not, retry it: it carries the same key as before, so a system that knows keys does not write it twice.',
  },
  config: {
    title: 'settings wrong',
    explanation: 'The hub’s settings for this connection, route or mapping do not fit what was to be done.',
    action: `Correct the setting that the message names. ${REPLAY_AFTER}`,
  },
  too_large: {
    title: 'record too large',
    explanation: 'The record is larger than the other system takes.',
    action: 'Let the mapping leave out or shorten what is large, publish it, and replay with mapping "current".',
  },
};

export const UNKNOWN_ADVICE: FailureAdvice = {
  title: 'failed',
  explanation: 'The delivery failed in a way that the hub has no better words for.',
  action: 'See the message and the attempts of the delivery, mend the cause, then retry or replay it.',
};

const MEND_MAPPING =
  'Correct the mapping, publish it, and replay with mapping "current": a dry run shows what would be sent.';
const RETRY_ONCE_FIXED =
  'Nothing is wrong with the record. Retry the deliveries once the operator of the hub has mended it.';

/** The hub's own codes, where there is more to say than the category has. */
export const CODE_ADVICE: Table = {
  poison: {
    title: 'stopped the worker',
    explanation: 'The worker stopped each time this delivery was tried, so it was set aside.',
    action: 'Look for crashes in the worker’s log, and report them, before retrying it.',
  },
  worker_lost: {
    title: 'worker lost',
    explanation: 'The worker that held the delivery stopped before it could record what happened.',
    action: 'Retry it: it carries the same key as before.',
  },
  hub_internal: {
    title: 'failure inside the hub',
    explanation: 'The hub itself failed at every attempt, before or while it sent the record.',
    action: RETRY_ONCE_FIXED,
  },
  unwritable_result: {
    title: 'answer could not be stored',
    explanation: 'The record was sent, but what the other system answered could not be stored.',
    action: 'Look the record up there. If it arrived, cancel the delivery; if not, retry it.',
  },
  held_too_long: {
    title: 'held for too long',
    explanation: 'The connection could not be called for so long that the hub gave up waiting. No attempt was made.',
    action: 'See that the connection can be called again (its health says what is wrong), then retry or replay these.',
  },
  event_archived: {
    title: 'event in the archive',
    explanation: 'The event had left the database before the delivery could be made. No attempt was made.',
    action: 'Bring the event back from the archive, then retry the delivery.',
  },
  connection_deleted: {
    title: 'connection deleted',
    explanation: 'The connection that the record was to go through has been deleted.',
    action: 'Let a route of another connection carry such events, or cancel these deliveries.',
  },
  connection_gone: {
    title: 'connection deleted',
    explanation: 'The connection was deleted while its credentials were being renewed.',
    action: 'Let a route of another connection carry such events, or cancel these deliveries.',
  },
  connector_unavailable: {
    title: 'connector missing',
    explanation: 'This hub does not have the connector that the connection was made for.',
    action: 'Let the operator install the version of the hub that has it. What waits is then delivered by itself.',
  },
  unknown_operation: {
    title: 'unknown operation',
    explanation: 'The route asks the connector for an operation that it does not have.',
    action: 'Choose an operation that the connector lists, save the route, and replay with mapping "current".',
  },
  oauth_app_missing: {
    title: 'hub not registered at the vendor',
    explanation: 'The hub has no registration (OAuth app) at the vendor to renew the connection’s sign-in with.',
    action: 'Let the operator add it to the OAuth apps file and restart the workers. What waits is then delivered.',
  },
  own_app_required: {
    title: 'own OAuth app required',
    explanation: 'The connection needs an OAuth app of its own, because the operator’s is not for this environment.',
    action: 'Set client id and secret with the connection’s credentials, and sign in again.',
  },
  not_signed_in: {
    title: 'not signed in',
    explanation: 'Nobody has signed in to the connection yet.',
    action: 'Sign in to it. What waits is then delivered.',
  },
  credentials_unreadable: {
    title: 'credentials unreadable',
    explanation: 'The hub could not open the stored credentials of the connection.',
    action: 'Let the operator see that the master keys are in place. If they are lost, set the credentials anew.',
  },
  refresh_timeout: {
    title: 'sign-in not renewed in time',
    explanation: 'The vendor did not issue a new access token in time, at every attempt.',
    action: 'Test the connection; once that works, retry or replay these deliveries.',
  },
  invalid_config: {
    title: 'settings of the connection wrong',
    explanation: 'A setting of the connection is not valid; the message names it.',
    action: `Correct it. ${REPLAY_AFTER}`,
  },
  private_key: {
    title: 'private key unreadable',
    explanation: 'The private key of the connection cannot be read.',
    action: `Set the credentials with a valid key in PEM format. ${REPLAY_AFTER}`,
  },
  untrusted_instance_url: {
    title: 'address not trusted',
    explanation: 'The vendor’s answer named an address that is neither configured nor one of the vendor’s own.',
    action: 'If the address is right, set it as the connection’s instance address. If not, ask the vendor.',
  },
  blocked_address: {
    title: 'address not allowed',
    explanation: 'The address is private, local or of a kind that the hub does not call, to protect its own network.',
    action: `Use a public address, or let the operator allow this one (HUB_EGRESS_ALLOW). ${REPLAY_AFTER}`,
  },
  dns: {
    title: 'host name not found',
    explanation: 'The host name of the other system could not be resolved at any attempt.',
    action: 'Check the address for typing errors and the name with whoever runs that system. Then retry or replay.',
  },
  tls: {
    title: 'certificate not accepted',
    explanation:
      'No secure connection could be made: the certificate has expired, is not for that host or not trusted.',
    action: 'Let whoever runs that system mend its certificate. Then retry or replay these deliveries.',
  },
  mapping_syntax: {
    title: 'mapping does not parse',
    explanation: 'The mapping, or the route’s filter, is not a valid expression.',
    action: MEND_MAPPING,
  },
  mapping_runtime: {
    title: 'mapping failed',
    explanation: 'The mapping, or the route’s filter, failed on this event; the message says where.',
    action: MEND_MAPPING,
  },
  mapping_timeout: {
    title: 'mapping too slow',
    explanation: 'The mapping took longer on this event than a mapping may.',
    action: `Make it simpler, above all regular expressions and nested loops. ${MEND_MAPPING}`,
  },
  mapping_memory: {
    title: 'mapping too large',
    explanation: 'The mapping used up more memory on this event than a mapping may.',
    action: MEND_MAPPING,
  },
  mapping_output_too_large: {
    title: 'result of the mapping too large',
    explanation: 'What the mapping made of this event is larger than the hub takes.',
    action: MEND_MAPPING,
  },
  mapping_no_output: {
    title: 'mapping gave nothing',
    explanation: 'The mapping found nothing in this event to make a record of.',
    action: `${MEND_MAPPING} Where there is nothing to deliver, let it say so with $skip.`,
  },
  mapping_expression_too_large: {
    title: 'mapping too long',
    explanation: 'The mapping, or the event with its tables, is larger than the hub takes.',
    action: MEND_MAPPING,
  },
  several_matches: {
    title: 'already there, more than once',
    explanation:
      'Several records of the other system might be this one; the message names them, or says that they are too many to be looked through. The hub does not guess.',
    action:
      'Link this record with the right one under Links, or merge the others in their system; then replay with mapping "current". Where it is none of them, let the mapping say "_match": false for it; where they share a placeholder, let its "_match" leave that key out.',
  },
  possible_match: {
    title: 'probably there already',
    explanation:
      'The other system has a record of the same name at the same postal code; the message says which. Nothing surer tells whether it is the same.',
    action:
      'If it is the same, link the two under Links and replay with mapping "current". If not, let the mapping say "_match": false for this record, publish it, and replay.',
  },
  mapping_link_missing: {
    title: 'linked record missing',
    explanation: 'A record that this one points at never became known in the other system.',
    action: 'Deliver the event that makes that record, or link the two by hand, then replay these.',
  },
  mapping_unavailable: {
    title: 'mapping engine busy',
    explanation: 'The hub could not run the mapping for so long that it gave up waiting.',
    action: RETRY_ONCE_FIXED,
  },
  mapping_not_published: {
    title: 'mapping not published',
    explanation: 'The mapping of the route has no published version.',
    action: 'Publish one, and replay with mapping "current".',
  },
  payload_not_json: {
    title: 'payload not usable',
    explanation: 'What was to be sent is not the JSON object that the connector needs.',
    action: MEND_MAPPING,
  },
};

/** Why a delivery waits, which is no failure: nothing is lost, and no attempt is used up. */
export const HOLD_ADVICE: Table = {
  order: {
    title: 'waits for its turn',
    explanation: 'An earlier delivery of the same record is still open; it goes on once that one has ended.',
    action: 'Look at that delivery. Cancelling it lets this one go at once.',
  },
  connection_paused: {
    title: 'connection paused',
    explanation: 'Somebody has paused the connection.',
    action: 'Resume it when it may be used again: what waits is then delivered in order.',
  },
  connection_needs_reauth: {
    title: 'sign-in needed',
    explanation: 'The other system no longer accepts the connection’s credentials.',
    action: 'Sign in to the connection again, or set new credentials: what waits is then delivered in order.',
  },
  connection_disabled: {
    title: 'connection disabled',
    explanation: 'The connection has been disabled.',
    action: 'Resume it, or ask the operator of the hub why it is disabled.',
  },
  breaker_open: {
    title: 'system failing',
    explanation: 'The other system keeps failing. One delivery probes it every 30 seconds; the others wait.',
    action: 'See that it works again. Nothing needs to be done here: what waits is then delivered.',
  },
  rate_limited: {
    title: 'limit reached',
    explanation: 'The other system asked the hub to wait.',
    action: 'Nothing needs to be done. If it happens often, have the limit raised.',
  },
  misconfigured: {
    title: 'connection cannot be used',
    explanation: 'No delivery of the connection can be sent until a setting is corrected; its last error says which.',
    action: 'Correct it. It is tried once a minute; resuming the connection tries it at once.',
  },
  waiting_for_link: {
    title: 'waits for another record',
    explanation: 'A record that this one points at is not known in the other system yet.',
    action: 'Nothing needs to be done if that record is on its way. Else send it, or link the two by hand.',
  },
};
