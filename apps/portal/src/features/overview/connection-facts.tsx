import { Text } from '@mantine/core';
import { type ActivityResponse } from '@hub/api-client';
import { type ReactNode } from 'react';
import { Time } from '../../components/time';
import { count } from '../../lib/number';
import { text } from '../../text';
import { tightestOf } from './tightest-limit';
import classes from './overview.module.css';

type Activity = ActivityResponse['connections'][number];

const words = text.overview.card;
/** Less than this share of a limit is worth a look. */
const SCARCE = 0.1;

interface Props {
  readonly activity: Activity;
  readonly isUsed: { readonly deliveries: boolean; readonly syncs: boolean };
  readonly isSignedIn: boolean;
}

/** What a connection has left, and how up to date it is. What nobody has told is said to be unknown. */
export function ConnectionFacts({ activity, isUsed, isSignedIn }: Props) {
  const { facts } = words;
  return (
    <dl className={classes.facts}>
      {isUsed.deliveries && (
        <Row name={facts.delivered}>
          {activity.last_success_at === null ? words.nothingYet : words.lastDelivered}{' '}
          <At at={activity.last_success_at} />
        </Row>
      )}
      {isUsed.syncs && activity.freshness !== null && (
        <Row name={facts.picked} isBad={activity.freshness.state === 'late'}>
          {words.freshness[activity.freshness.state]} <At at={activity.freshness.as_of} />
        </Row>
      )}
      <SignIn activity={activity} isSignedIn={isSignedIn} />
      <Limit limits={activity.limits} />
    </dl>
  );
}

function SignIn({ activity, isSignedIn }: Pick<Props, 'activity' | 'isSignedIn'>) {
  const { ends, has_credentials: has, renews } = activity;
  if (ends !== null)
    return (
      <Row name={words.facts.signIn} isBad={ends.what === 'token'}>
        {words.ends[ends.what]} <At at={ends.at} ahead />
      </Row>
    );
  const told = !isSignedIn ? words.notSignedIn : !has ? words.noCredentials : renews ? words.renews : words.lasting;
  return <Row name={words.facts.signIn}>{told}</Row>;
}

function Limit({ limits }: Pick<Activity, 'limits'>) {
  const limit = tightestOf(limits);
  if (limit === null) return <Row name={words.facts.limit}>{words.noLimit}</Row>;
  return (
    <Row name={words.facts.limit} isBad={limit.left < limit.max * SCARCE}>
      {words.left(limit.limit.replaceAll('_', ' '), count(limit.left), count(limit.max))}
    </Row>
  );
}

function At({ at, ahead = false }: { readonly at: string | null; readonly ahead?: boolean }) {
  return at === null ? null : <Time at={at} ago ahead={ahead} span inherit className={classes.time} />;
}

function Row({
  name,
  isBad,
  children,
}: {
  readonly name: string;
  readonly isBad?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <>
      <Text component="dt" inherit c="dimmed">
        {name}
      </Text>
      <Text component="dd" inherit c={isBad === true ? 'red' : undefined}>
        {children}
      </Text>
    </>
  );
}
