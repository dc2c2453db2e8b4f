import { Text } from '@mantine/core';
import { type ReactNode } from 'react';
import classes from './facts.module.css';

export interface Fact {
  readonly name: string;
  /** Left out when there is nothing to tell. */
  readonly value: ReactNode;
}

/** What there is to know about one thing, as pairs. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl className={classes.facts}>
      {facts
        .filter(({ value }) => value !== null && value !== undefined && value !== '')
        .map(({ name, value }) => (
          <div key={name} className={classes.fact}>
            <Text component="dt" size="xs" c="dimmed">
              {name}
            </Text>
            <dd className={classes.value}>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
