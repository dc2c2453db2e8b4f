import { notifications } from '@mantine/notifications';
import { ProblemAlert } from '../components/problem-alert';
import { callAuth } from '../lib/api';
import { tellOtherTabs } from '../lib/other-tabs';
import { giveUpUnsaved } from '../lib/unsaved';
import { useMayLeave } from './leave-guard';
import classes from './shell.module.css';

/**
 * For what has the session be somewhere else, or end. What is entered is of where it was, and so is all that was fetched:
 * both go with the page, once somebody has said so and the hub has done it. Where it has not, they stay, and it is told why.
 */
export function useMoveSession(): (to: string, path: string, body?: unknown) => Promise<void> {
  const mayLeave = useMayLeave();
  return async (to, path, body) => {
    if (!(await mayLeave())) return;
    try {
      await callAuth('POST', path, body);
    } catch (error) {
      const message = <ProblemAlert error={error} />;
      // The alert in it has the role.
      notifications.show({ message, role: 'presentation', autoClose: false, className: classes.problem });
      return;
    }
    tellOtherTabs();
    giveUpUnsaved();
    // Not a page that one comes back to: browsers show it again as it was left.
    window.location.replace(to);
  };
}
