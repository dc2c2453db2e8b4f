import { useRouterState } from '@tanstack/react-router';
import { text } from '../text';
import classes from './shell.module.css';

/** While the page before still stands: that another one is on its way. Seen only when that takes its time. */
export function LoadingBar() {
  const isLoading = useRouterState({ select: (state) => state.isLoading });
  return isLoading ? <div className={classes.loading} role="progressbar" aria-label={text.common.loading} /> : null;
}
