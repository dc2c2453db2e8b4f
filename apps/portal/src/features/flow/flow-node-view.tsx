import { Group, Text } from '@mantine/core';
import { Handle, Position, type NodeProps } from '@xyflow/react';
import { Link } from '@tanstack/react-router';
import { StatusBadge } from '../../components/status-badge';
import { count } from '../../lib/number';
import { text } from '../../text';
import { troublesOf } from './flow-model';
import { type DrawnNode } from './flow-picture';
import classes from './flow-picture.module.css';

const words = text.flow;

function Handles({ isWide }: { readonly isWide: boolean }) {
  return (
    <>
      <Handle type="target" position={isWide ? Position.Left : Position.Top} isConnectable={false} />
      <Handle type="source" position={isWide ? Position.Right : Position.Bottom} isConnectable={false} />
    </>
  );
}

export function ConnectionNodeView({ data: { node, isWide } }: NodeProps<DrawnNode>) {
  if (node.kind !== 'connection') return null;
  const { connection } = node;
  const troubles = troublesOf(connection);
  const late = node.syncs.filter(({ status, freshness }) => status === 'failing' || freshness === 'late').length;
  const events = node.syncs.reduce((sum, sync) => sum + sync.events, 0);
  return (
    <>
      <Link
        to="/connections/$connectionId"
        params={{ connectionId: connection.id }}
        className={classes.node}
        data-trouble={troubles.some(({ isBad }) => isBad) || late > 0 || undefined}
        draggable={false}
      >
        <Text size="sm" fw={600} truncate title={connection.name}>
          {connection.name}
        </Text>
        <Group gap={6} wrap="nowrap" justify="space-between">
          <Text size="xs" c="dimmed" truncate>
            {connection.connector}
          </Text>
          {troubles.slice(0, 1).map(({ status }) => (
            <StatusBadge key={status} status={status} />
          ))}
        </Group>
        <Text size="xs" c="dimmed" truncate>
          {late > 0
            ? words.late(late)
            : node.syncs.length > 0
              ? words.picksUp(node.syncs.length, count(events))
              : node.isUsed
                ? ''
                : words.unused}
        </Text>
      </Link>
      <Handles isWide={isWide} />
    </>
  );
}

export function SourceNodeView({ data: { node, isWide } }: NodeProps<DrawnNode>) {
  if (node.kind !== 'source') return null;
  const name = node.count > 1 ? words.otherSources(node.count) : (node.source ?? words.posted);
  return (
    <>
      <div className={classes.node} data-source="">
        <Text size="sm" fw={600} truncate title={name}>
          {name}
        </Text>
        <Text size="xs" c="dimmed">
          {words.postedHint}
        </Text>
      </div>
      <Handles isWide={isWide} />
    </>
  );
}
