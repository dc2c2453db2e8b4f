const deliveries = (count: string): string => `${count} ${count === '1' ? 'delivery' : 'deliveries'}`;

/** Dead letters and replays: what support repairs with. */
export const repair = {
  deadLetters: {
    title: 'Dead letters',
    description: 'Deliveries that ended without arriving, by what they died of. Nothing here is lost.',
    count: (count: string) => `${count} failed`,
    failedSince: (count: string, since: string, cause: string) => `${count} failed since ${since}: ${cause}`,
    since: 'first',
    last: 'last',
    leaves: 'the first leaves for the archive',
    leavesSoon: 'The first of them leaves for the archive',
    leavesNow: 'The first of them may leave for the archive at any time.',
    repairBefore: 'Repair it before: what is in the archive has to be brought back first.',
    whatToDo: 'What to do',
    retryAll: (count: string) => `Retry ${count}`,
    cancelAll: 'Give up',
    show: 'Show them',
    empty: {
      title: 'No dead letters',
      hint: 'Whatever fails for good is kept here, with the reason and what to do about it.',
    },
    confirmRetry: {
      title: (count: string) => `Try ${deliveries(count)} again?`,
      body: 'What was mapped is sent as it was, what failed in its mapping is mapped anew. The key stays the same, so that nothing is doubled.',
    },
    confirmCancel: {
      title: (count: string) => `Give up ${deliveries(count)}?`,
      body: 'They leave this list and are not sent. Their events are kept: replay an event to send its delivery after all.',
    },
  },
  replay: {
    start: 'Replay',
    startEvent: 'Replay the event',
    startThese: 'Replay these',
    title: (count: string) => (count === '1' ? 'Replay 1 event' : `Replay ${count} events`),
    titleOf: { succeeded: 'Replay what has arrived', cancelled: 'Replay what was cancelled' },
    titleOfOne: 'Replay this event',
    body: 'New deliveries are made of the same events, with the same key towards the other system: what is there already is changed, not doubled. Those that were replayed before are left out.',
    bodyOfOne:
      'A new delivery is made for each route on which it failed or was given up, with the same key towards the other system: what is there already is changed, not doubled.',
    bodyOfNamed:
      'Of each event, a new delivery is made for each route on which it failed or was given up, with the same key towards the other system: what is there already is changed, not doubled.',
    archivedLeftOut: (count: string) =>
      count === '1'
        ? '1 of the listed events is in the archive and is left out: it has to be brought back first.'
        : `${count} of the listed events are in the archive and are left out: they have to be brought back first.`,
    deadToo: (count: string) =>
      count === '1'
        ? 'The 1 dead letter that these filters find is repeated, too.'
        : `The ${count} dead letters that these filters find are repeated, too.`,
    whyNot: {
      mixed: 'To replay what is listed, choose the status Dead, Succeeded or Cancelled.',
      oneEvent: 'These are the deliveries of one event: open one of them to replay it.',
      replayed: 'These were replayed before: only the deliveries made then can be replayed again.',
      superseded: 'A newer event of the same record has taken their place: a replay leaves them out.',
      underWay: 'These have not ended: a replay leaves out what is still under way.',
      unrouted: 'No route has taken these: “Deliver earlier events” on the page of a route makes it take them.',
      archived: 'These are in the archive: what is there has to be brought back first.',
      notAll: (most: string) =>
        `To replay all that is listed, narrow the filters or scroll to the end of the list: a replay takes ${most} events at most.`,
      withdrawn: 'These belong to a replay that was stopped: what it was made of can be replayed instead.',
    },
    mapping: 'Mapping',
    mappings: {
      current: 'As published now',
      original: 'As it was then',
      version: 'A version',
    } as Readonly<Record<string, string>>,
    version: 'Version',
    versionHint: 'Of the mapping of each route. Where it has no such version, nothing is sent.',
    includeSucceeded: 'Repeat what has arrived, too',
    includeCancelled: {
      both: 'Repeat what was cancelled, too',
      given_up: 'Repeat what people have given up, too',
      turned_away: 'Ask again where filter or mapping turned it away',
    },
    includeCancelledHint: {
      both: 'What people have given up, and what a route’s filter or mapping turned away. Those two are asked again: the filter as it is now, the mapping as chosen above.',
      given_up: 'What a filter or mapping turned away was never made, so it cannot be sent as it was then.',
      turned_away: 'The filter is asked as it is now, the mapping as chosen above. What they let through is sent.',
    },
    moreThanCounted: (count: string) => `There may be more than ${count} then: a dry run shows how many.`,
    uncounted: 'A dry run shows how many there are.',
    includeSuperseded: 'Also where a newer change of the record has arrived: old values come back',
    dryRun: 'Dry run: map everything, send nothing, and show it',
    rate: 'Most a second',
    rateHint: 'Empty for as fast as the other system takes them.',
    go: 'Start',
  },
  missing: {
    open: 'Deliver earlier events',
    title: 'Deliver earlier events',
    body: 'Events of this route’s type that it never took are delivered along it, as it is now. What it has taken is left alone.',
    from: 'Accepted from',
    to: 'Accepted before',
  },
  replays: {
    title: 'Replays',
    description: 'Events that were sent again, and what came of it.',
    columns: { created: 'Started', status: 'Status', action: 'What', progress: 'Done', reason: 'Reason', by: 'By' },
    actions: { replay: 'Replay', retry: 'Retry', cancel: 'Give up' } as Readonly<Record<string, string>>,
    dryRun: 'dry run',
    choose: 'Choose what to replay',
    empty: { title: 'Nothing was replayed yet', hint: 'Start from an event, a delivery or the dead letters.' },
    detail: {
      progress: 'Progress',
      eta: (time: string) => `about ${time} left`,
      facts: {
        matched: 'Matched',
        reason: 'Reason',
        mapping: 'Mapping',
        by: 'Started by',
      },
      items: 'Each of them',
      columns: { outcome: 'Outcome', event: 'Event', message: 'Why' },
      cancel: 'Stop',
      confirmCancel: { title: 'Stop this replay?', body: 'What was sent stays sent; the rest is not.' },
      forReal: {
        label: 'Do it for real',
        title: (count: string) => `Send ${count}?`,
        body: 'The same as this dry run, and this time it is sent. Where something else matches by now, it is refused.',
      },
      outcomes: {
        waiting: 'Not yet begun',
        queued: 'Under way',
        succeeded: 'Succeeded',
        failed: 'Failed',
        skipped: 'Skipped',
        cancelled: 'Taken back',
        would_send: 'Would be sent',
        would_fail: 'Would fail',
      },
      changed: 'Would change',
      changes: 'Differences',
      before: 'was sent',
      after: 'would be sent',
    },
  },
} as const;
