import { recordUrl } from '../data/record-reader';
import { allowParameters, COLLECTION, collectionBody, pageOf, requireType, selfLink } from '../netsuite.context';
import { matchesFilter, parseFilter } from './query-filter';
import { type ApiHandler } from './records';

/** `GET /{type}`: ids and links, nothing else; fields take another call each. */
export const list: ApiHandler = (context, { query }, { type: name = '' }) => {
  allowParameters(query, ['q', 'limit', 'offset']);
  const type = requireType(context, name);
  const page = pageOf(query);
  const text = query.get('q');
  const filter = text === null ? undefined : parseFilter(context.account, type, text);
  const matching = context.account.store
    .visible(type.name, context.account.clock.now())
    .filter((record) => !filter || matchesFilter(context.account, filter, record));
  const items = matching.slice(page.offset, page.offset + page.limit).map(({ id }) => ({
    ...selfLink(recordUrl(context, type.name, id)),
    id,
  }));
  const self = `${context.base}/record/v1/${type.name.toLowerCase()}`;
  return {
    status: 200,
    headers: { 'content-type': COLLECTION },
    body: collectionBody(self, query, page, items, matching.length),
  };
};
