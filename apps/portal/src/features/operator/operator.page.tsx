import { Button, Tabs } from '@mantine/core';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Page } from '../../components/page';
import { operator as words } from '../../text/operator.text';
import { OPERATOR_TABS } from './operator.routes';
import { OperatorLog } from './operator-log';
import { OperatorsOnly } from './operators-only';
import { PersonResetLink } from './person-reset-link';
import { PlatformHealth } from './platform-health';
import { Tenants } from './tenants';

const route = getRouteApi('/shell/operator');

export function OperatorPage() {
  const { tab = 'tenants' } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <OperatorsOnly>
      <Page
        title={words.title}
        description={words.description}
        actions={
          tab === 'tenants' ? (
            <>
              <PersonResetLink />
              <Button component={Link} to="/operator/tenants/new" size="sm">
                {words.tenants.create}
              </Button>
            </>
          ) : undefined
        }
      >
        <Tabs
          value={tab}
          keepMounted={false}
          onChange={(wanted) =>
            void navigate({ search: { tab: OPERATOR_TABS.find((name) => name === wanted) }, replace: true })
          }
        >
          <Tabs.List mb="md">
            {OPERATOR_TABS.map((name) => (
              <Tabs.Tab key={name} value={name}>
                {words.tabs[name]}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value="tenants">
            <Tenants />
          </Tabs.Panel>
          <Tabs.Panel value="health">
            <PlatformHealth />
          </Tabs.Panel>
          <Tabs.Panel value="audit">
            <OperatorLog />
          </Tabs.Panel>
        </Tabs>
      </Page>
    </OperatorsOnly>
  );
}
