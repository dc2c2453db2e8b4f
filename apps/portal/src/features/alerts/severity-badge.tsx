import { Badge } from '@mantine/core';
import { type Alert } from '@hub/api-client';
import { alerts as wording } from '../../text/alerts.text';

const COLORS: Readonly<Record<Alert['severity'], string>> = { info: 'blue', warning: 'yellow', critical: 'red' };

export function SeverityBadge({ severity }: { readonly severity: Alert['severity'] }) {
  return (
    <Badge color={COLORS[severity]} variant="light" tt="none" radius="sm" style={{ flexShrink: 0 }}>
      {wording.severities[severity]}
    </Badge>
  );
}
