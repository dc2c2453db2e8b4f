import { Button, Card, Group, List, Text, ThemeIcon, Title } from '@mantine/core';
import { IconArrowRight, IconCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMay } from '../../lib/session';
import { text } from '../../text';
import { firstConnectionsQuery } from '../connections/connections.queries';
import { anyRouteQuery } from './flow.queries';

const words = text.flow.setup;

interface Step {
  readonly label: string;
  readonly isDone: boolean;
  readonly to: string;
  readonly action: string;
}

/** From nothing to the first record that flows, one step at a time. Gone as soon as there is a route. */
export function SetupSteps() {
  const mayChange = useMay()('config:write');
  const all = useQuery(firstConnectionsQuery()).data?.data;
  const routes = useQuery({ ...anyRouteQuery(), enabled: mayChange });
  if (!mayChange || all === undefined || routes.data === undefined || routes.data.data.length > 0) return null;
  const waiting = all.find(({ status }) => status === 'needs_reauth');
  const steps: readonly Step[] = [
    { ...words.first, isDone: all.length > 0, to: '/connect' },
    ...(waiting === undefined
      ? []
      : [
          {
            label: words.signIn.label(waiting.name),
            action: words.signIn.action,
            isDone: false,
            to: `/connections/${waiting.id}`,
          },
        ]),
    { ...words.second, isDone: all.length > 1, to: '/connect' },
    { ...words.recipe, isDone: false, to: '/recipes' },
  ];
  const next = steps.find(({ isDone }) => !isDone);
  return (
    <Card withBorder radius="md" padding="md" component="section" aria-label={words.title}>
      <Title order={2} mb="sm">
        {words.title}
      </Title>
      <List spacing="xs" listStyleType="none" center>
        {steps.map((step) => (
          <List.Item key={step.label} icon={<Mark isDone={step.isDone} isNext={step === next} />}>
            <Group gap="sm">
              <Text size="sm" fw={step === next ? 600 : 400} c={step.isDone ? 'dimmed' : undefined}>
                {step.isDone ? words.done(step.label) : step.label}
              </Text>
              {step === next && (
                <Button component={Link} to={step.to} size="compact-sm">
                  {step.action}
                </Button>
              )}
            </Group>
          </List.Item>
        ))}
      </List>
    </Card>
  );
}

function Mark({ isDone, isNext }: { readonly isDone: boolean; readonly isNext: boolean }) {
  return (
    <ThemeIcon size={22} radius="xl" variant={isNext ? 'filled' : 'light'} color={isDone ? 'teal' : undefined}>
      {isDone ? <IconCheck size={14} /> : <IconArrowRight size={14} />}
    </ThemeIcon>
  );
}
