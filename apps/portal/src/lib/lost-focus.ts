/**
 * Where what had the focus is gone, keyboard and screen reader go on from the heading of the page, and not from the top of the
 * window. A control that still has it keeps it.
 */
export function focusHeadingIfLost(): void {
  if (document.activeElement !== document.body) return;
  document.querySelector<HTMLElement>('#content h1')?.focus({ preventScroll: true });
}

let isFirst = true;

/** To be called when somebody goes from one page to another: the first one of a window begins where the browser does. */
export function leavesPage(): void {
  isFirst = false;
}

/** For a page that now stands. */
export function focusPageIfLost(): void {
  if (!isFirst) focusHeadingIfLost();
}
