/**
 * To be called where a page is left because of whom its data is of. Browsers keep a page that is left and bring it back as it
 * was: then nothing of it is seen, and it is loaded anew.
 */
export function leaveForGood(): void {
  window.addEventListener('pagehide', hide);
  window.addEventListener('pageshow', loadAnew);
}

/** While it is still seen by nobody: what is done once it has come back may be a moment too late. */
function hide(): void {
  document.body.hidden = true;
}

function loadAnew({ persisted }: PageTransitionEvent): void {
  if (persisted) window.location.reload();
}
