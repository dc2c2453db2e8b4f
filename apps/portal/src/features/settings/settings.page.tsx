import { Tabs } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { type ReactNode } from 'react';
import { Page } from '../../components/page';
import { useMay } from '../../lib/session';
import { settings as wording } from '../../text/settings.text';
import { ArchiveSettings } from './archive-settings';
import { AuditSettings } from './audit-settings';
import { CompanyFacts } from './company-facts';
import { RetentionSettings } from './retention-settings';
import { SETTINGS_TABS } from './settings.routes';
import { SingleSignOn } from './single-sign-on';

const route = getRouteApi('/shell/settings');
const words = wording;

type Tab = (typeof SETTINGS_TABS)[number];

const PARTS: Readonly<Record<Tab, { readonly scope: string | null; readonly part: () => ReactNode }>> = {
  company: { scope: null, part: () => <CompanyFacts /> },
  retention: { scope: 'config:read', part: () => <RetentionSettings /> },
  archive: { scope: 'events:read', part: () => <ArchiveSettings /> },
  audit: { scope: 'audit:read', part: () => <AuditSettings /> },
  sign_in: { scope: 'members:write', part: () => <SingleSignOn /> },
};

export function SettingsPage() {
  const { tab = 'company' } = route.useSearch();
  const navigate = route.useNavigate();
  const may = useMay();
  const shown = SETTINGS_TABS.filter((name) => {
    const { scope } = PARTS[name];
    return scope === null || may(scope);
  });
  const current = shown.includes(tab) ? tab : 'company';
  return (
    <Page title={words.title} description={words.description}>
      <Tabs
        value={current}
        keepMounted={false}
        onChange={(wanted) => void navigate({ search: { tab: shown.find((name) => name === wanted) }, replace: true })}
      >
        <Tabs.List mb="md">
          {shown.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {words.tabs[name]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {shown.map((name) => (
          <Tabs.Panel key={name} value={name}>
            {PARTS[name].part()}
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
}
