export const overview = {
  title: 'Overview',
  description: 'The last 24 hours.',
  tiles: { accepted: 'Accepted', delivered: 'Delivered', waiting: 'Waiting', dead: 'Dead letters' },
  before: (figure: string) => `${figure} the day before`,
  hours: {
    title: 'By the hour',
    chart: (accepted: string, delivered: string, dead: string) =>
      `Hour by hour: ${accepted} events accepted, ${delivered} deliveries arrived, ${dead} dead`,
  },
  attention: 'Needs attention',
  allWell: { title: 'Everything flows', hint: 'No alert is open, and no delivery is dead.' },
  balance: {
    title: 'The books',
    balanced: 'Every event and every delivery of the last 24 hours is accounted for.',
    unbalanced: 'The books of the last 24 hours do not balance. Nothing may be missing, but somebody should look.',
    events: 'Events accepted',
    routed: 'taken by a route',
    unrouted: 'taken by none',
    made: 'Deliveries made',
    succeeded: 'succeeded',
    dead: 'dead',
    cancelled: 'cancelled',
    superseded: 'superseded',
    open: 'open',
  },
  connections: 'Connections',
  noDeliveries: 'Nothing is delivered to it',
} as const;
