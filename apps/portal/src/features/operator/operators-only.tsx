import { IconLock } from '@tabler/icons-react';
import { type ReactNode } from 'react';
import { EmptyState } from '../../components/empty-state';
import { Page } from '../../components/page';
import { useSession } from '../../lib/session';
import { operator as words } from '../../text/operator.text';

/** Whoever finds the address by chance is told what it is; the API refuses them everything on it. */
export function OperatorsOnly({ children }: { readonly children: ReactNode }) {
  const { is_operator: isOperator } = useSession();
  if (isOperator) return children;
  return (
    <Page title={words.title}>
      <EmptyState icon={<IconLock />} title={words.notOperator.title} hint={words.notOperator.hint} />
    </Page>
  );
}
