import { Badge, Code, List, Text } from '@mantine/core';
import { mappings as wording } from '../../../text/mappings.text';
import classes from './parts.module.css';

interface Difference {
  readonly pointer: string;
  readonly kind: 'added' | 'removed' | 'changed';
  readonly before?: unknown;
  readonly after?: unknown;
}

const words = wording.backtest;

/** Place by place: what it is and what it would be. */
export function Differences({
  differences,
  total,
}: {
  readonly differences: readonly Difference[];
  readonly total?: number;
}) {
  const more = (total ?? differences.length) - differences.length;
  return (
    <List size="sm" spacing={4} listStyleType="none" className={classes.differences}>
      {differences.map(({ pointer, kind, before, after }) => (
        <List.Item key={`${pointer} ${kind}`}>
          <Code>{pointer === '' ? '/' : pointer}</Code>{' '}
          {kind !== 'added' && (
            <span className={classes.before}>
              {words.before}: {shown(before)}
            </span>
          )}{' '}
          {kind !== 'removed' && (
            <span className={classes.after}>
              {words.after}: {shown(after)}
            </span>
          )}{' '}
          {kind !== 'changed' && (
            <Badge size="xs" variant="default" tt="none" radius="sm">
              {wording.versions[kind]}
            </Badge>
          )}
        </List.Item>
      ))}
      {more > 0 && (
        <List.Item>
          <Text size="xs" c="dimmed">
            {words.more(more)}
          </Text>
        </List.Item>
      )}
    </List>
  );
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? '';
}
