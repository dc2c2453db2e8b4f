/** The key by which a route keeps its deliveries in order, in SQL; null where it keeps none. Both are aliases of rows. */
export const orderingKeyOf = (event: string, route: string): string =>
  `case ${route}.ordering_key when 'subject' then ${event}.subject when 'type' then ${event}.type when 'connection' then '' end`;
