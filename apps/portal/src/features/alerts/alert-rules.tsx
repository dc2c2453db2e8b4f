import { Badge, Button, Card, Group, Stack, Text } from '@mantine/core';
import { type AlertRule } from '@hub/api-client';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Dialog } from '../../components/dialog';
import { Loaded } from '../../components/loaded';
import { StatusBadge } from '../../components/status-badge';
import { count } from '../../lib/number';
import { useMay } from '../../lib/session';
import { alerts as wording } from '../../text/alerts.text';
import { rulesQuery } from './alerts.queries';
import { RuleForm } from './rule-form';
import { SeverityBadge } from './severity-badge';

const route = getRouteApi('/shell/alerts/settings');
const words = wording.settings;

export function AlertRules() {
  const { rule: changed } = route.useSearch();
  const navigate = route.useNavigate();
  const may = useMay();
  const show = (rule: string | undefined): void =>
    void navigate({ search: rule === undefined ? {} : { rule }, replace: true });
  return (
    <Loaded query={useQuery(rulesQuery())} height={600}>
      {({ data }) => {
        const open = may('config:write') ? data.find(({ id }) => id === changed) : undefined;
        return (
          <>
            <Stack gap="sm" component="ul" style={{ listStyle: 'none', margin: 0, padding: 0 }}>
              {data.map((rule) => (
                <RuleCard key={rule.id} rule={rule} onChange={may('config:write') ? () => show(rule.id) : undefined} />
              ))}
            </Stack>
            <Dialog opened={open !== undefined} onClose={() => show(undefined)} title={open?.title} size="lg">
              {open !== undefined && <RuleForm key={open.id} rule={open} onDone={() => show(undefined)} />}
            </Dialog>
          </>
        );
      }}
    </Loaded>
  );
}

function RuleCard({ rule, onChange }: { readonly rule: AlertRule; readonly onChange?: () => void }) {
  const { threshold_bounds: bounds, threshold } = rule;
  return (
    <Card withBorder radius="md" padding="md" component="li">
      <Group justify="space-between" align="flex-start" gap="xs">
        <Stack gap={4} style={{ flex: '1 1 280px' }}>
          <Group gap="xs">
            <Text component="h2" size="md" fw={600}>
              {rule.title}
            </Text>
            {rule.enabled ? <SeverityBadge severity={rule.severity} /> : <StatusBadge status="disabled" />}
            {rule.customized.length > 0 && (
              <Badge variant="outline" color="gray" tt="none" radius="sm" c="dimmed">
                {words.customized}
              </Badge>
            )}
          </Group>
          <Text size="sm">{rule.description}</Text>
          {bounds !== null && threshold !== null && (
            <Text size="sm" c="dimmed">
              {words.opensWhen(bounds.meaning)} · {count(threshold)} {words.units[bounds.unit]}
            </Text>
          )}
        </Stack>
        {onChange !== undefined && (
          <Button size="sm" variant="default" onClick={onChange} aria-label={`${words.change}: ${rule.title}`}>
            {words.change}
          </Button>
        )}
      </Group>
    </Card>
  );
}
