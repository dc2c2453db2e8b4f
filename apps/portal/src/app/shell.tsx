import {
  ActionIcon,
  AppShell,
  Burger,
  Button,
  Group,
  Menu,
  NavLink,
  ScrollArea,
  Text,
  UnstyledButton,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure, useHotkeys, type HotkeyItem } from '@mantine/hooks';
import { Notifications } from '@mantine/notifications';
import {
  IconBook,
  IconBuilding,
  IconDeviceDesktop,
  IconLogout,
  IconMoon,
  IconSearch,
  IconSun,
  IconUser,
} from '@tabler/icons-react';
import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { lazyDialog } from '../components/lazy-part';
import { Page } from '../components/page';
import { useSession } from '../lib/session';
import { text } from '../text';
import { LeaveGuard } from './leave-guard';
import { LoadingBar } from './loading-bar';
import { useMoveSession } from './move-session';
import { navigationFor } from './navigation';
import { isOutsideCompanies } from './outside-companies';
import { SessionGuard } from './session-guard';
import classes from './shell.module.css';

const SearchDialog = lazyDialog(() => import('./search-dialog').then((module) => module.SearchDialog));

/** What every page has around it. */
export function Shell() {
  const [isMenuOpen, menu] = useDisclosure(false);
  const [isSearching, search] = useDisclosure(false);
  const burger = useRef<HTMLButtonElement>(null);
  const closeMenu = (): void => {
    menu.close();
    burger.current?.focus();
  };
  useHotkeys([
    ['mod+K', search.open],
    ['/', search.open],
    ...(isMenuOpen ? [['Escape', closeMenu] satisfies HotkeyItem] : []),
  ]);
  return (
    <LeaveGuard>
      <AppShell
        header={{ height: 56 }}
        navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: !isMenuOpen } }}
        padding="md"
      >
        <a href="#content" className={classes.skip}>
          {text.common.skipToContent}
        </a>
        <LoadingBar />
        <AppShell.Header px="md">
          <Group h="100%" justify="space-between" wrap="nowrap">
            <Group gap="sm" wrap="nowrap">
              <Burger
                ref={burger}
                opened={isMenuOpen}
                aria-expanded={isMenuOpen}
                onClick={menu.toggle}
                hiddenFrom="sm"
                size="sm"
                aria-label={text.shell.openMenu}
              />
              <Link to="/overview" className={classes.brand} aria-label={text.common.product}>
                <img src="/icon.svg" width={26} height={26} alt="" />
                <Text fw={650} visibleFrom="xs">
                  {text.common.product}
                </Text>
              </Link>
            </Group>
            <UnstyledButton className={classes.search} onClick={search.open} aria-label={text.shell.searchAnything}>
              <IconSearch size={16} />
              <Text size="sm" c="dimmed" truncate visibleFrom="sm">
                {text.shell.searchAnything}
              </Text>
              <kbd className={classes.key}>/</kbd>
            </UnstyledButton>
            <Group gap="xs" wrap="nowrap">
              <TenantMenu />
              <UserMenu />
            </Group>
          </Group>
        </AppShell.Header>
        <AppShell.Navbar p="xs" aria-label={text.shell.navigation} className={isMenuOpen ? undefined : classes.closed}>
          <ScrollArea type="hover" scrollbarSize={8} style={{ flex: 1 }}>
            <Navigation onFollow={menu.close} />
          </ScrollArea>
          <NavLink
            component="a"
            href="/docs"
            target="_blank"
            rel="noreferrer"
            label={text.shell.pages.docs}
            leftSection={<IconBook size={17} />}
            className={classes.link}
          />
        </AppShell.Navbar>
        <AppShell.Main id="content" tabIndex={-1}>
          <OperatorNotice />
          <Content />
        </AppShell.Main>
        {isSearching && <Search onClose={search.close} />}
      </AppShell>
      <Notifications position="bottom-right" />
      <SessionGuard />
    </LeaveGuard>
  );
}

/** Who has pressed its key types on at once: what comes before the field stands goes into it, too. */
function Search({ onClose }: { readonly onClose: () => void }) {
  const [wanted, setWanted] = useState('');
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const isText = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
      if (!isText || event.target instanceof HTMLInputElement) return;
      event.preventDefault();
      setWanted((now) => now + event.key);
    };
    // On its way down: the key that has opened the search is on its way up by now.
    window.addEventListener('keydown', onKeyDown, { capture: true });
    return () => window.removeEventListener('keydown', onKeyDown, { capture: true });
  }, []);
  return <SearchDialog wanted={wanted} onType={setWanted} onClose={onClose} />;
}

/** Whoever is in no company, because it was suspended or they were let go, is told so: every page of one would be refused. */
function Content() {
  const { tenant, is_operator: isOperator, memberships } = useSession();
  const path = useRouterState({ select: (state) => state.location.pathname });
  if (tenant !== null || isOperator || isOutsideCompanies(path)) return <Outlet />;
  const { title, hint, choose } = text.shell.noCompany;
  return (
    <Page title={title}>
      <Text>{memberships.length === 0 ? hint : choose}</Text>
    </Page>
  );
}

function Navigation({ onFollow }: { readonly onFollow: () => void }) {
  const session = useSession();
  const path = useRouterState({ select: (state) => state.location.pathname });
  return navigationFor(session).map(({ group, pages }) => (
    <div key={group} className={classes.group}>
      <Text size="xs" fw={600} c="dimmed" px="sm" pb={4}>
        {text.shell.groups[group]}
      </Text>
      {pages.map(({ to, label, icon: Icon }) => (
        <NavLink
          key={to}
          component={Link}
          to={to}
          label={label}
          leftSection={<Icon size={17} />}
          active={path === to || path.startsWith(`${to}/`)}
          onClick={onFollow}
          className={classes.link}
        />
      ))}
    </div>
  ));
}

function TenantMenu() {
  const { tenant, memberships } = useSession();
  const moveSession = useMoveSession();
  if (tenant === null && memberships.length === 0) return null;
  const label = (
    <Text size="sm" fw={550} truncate maw={150}>
      {tenant?.name ?? text.shell.chooseTenant}
    </Text>
  );
  if (tenant !== null && memberships.length < 2) return <div className={classes.tenant}>{label}</div>;
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button variant="default" size="compact-md" leftSection={<IconBuilding size={15} />}>
          {label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{text.shell.switchTenant}</Menu.Label>
        {memberships.map((membership) => (
          <Menu.Item
            key={membership.tenant_id}
            disabled={membership.tenant_id === tenant?.id}
            onClick={() => void moveSession('/overview', '/tenant', { tenant_id: membership.tenant_id })}
          >
            {membership.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function UserMenu() {
  const { user } = useSession();
  const { setColorScheme } = useMantineColorScheme();
  const moveSession = useMoveSession();
  return (
    <Menu position="bottom-end" width={220} withinPortal>
      <Menu.Target>
        <ActionIcon variant="default" size="lg" radius="xl" aria-label={user.name}>
          <IconUser size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{user.email}</Menu.Label>
        <Menu.Item component={Link} to="/account" leftSection={<IconUser size={15} />}>
          {text.shell.pages.account}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconSun size={15} />} onClick={() => setColorScheme('light')}>
          {text.shell.theme.light}
        </Menu.Item>
        <Menu.Item leftSection={<IconMoon size={15} />} onClick={() => setColorScheme('dark')}>
          {text.shell.theme.dark}
        </Menu.Item>
        <Menu.Item leftSection={<IconDeviceDesktop size={15} />} onClick={() => setColorScheme('auto')}>
          {text.shell.theme.auto}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={15} />} onClick={() => void moveSession('/sign-in', '/sign-out')}>
          {text.shell.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** An operator in somebody else's company must never forget where they are. */
function OperatorNotice() {
  const { acting_as_operator: acting, tenant } = useSession();
  const moveSession = useMoveSession();
  if (acting === null || tenant === null) return null;
  return (
    <Group className={classes.acting} justify="space-between" role="status">
      <Text size="sm" fw={550}>
        {text.shell.acting(tenant.name, acting.reason)}
      </Text>
      <Button size="compact-sm" color="dark" onClick={() => void moveSession('/operator', '/operator/leave')}>
        {text.shell.leave}
      </Button>
    </Group>
  );
}
