let channel: BroadcastChannel | undefined;

const opened = (): BroadcastChannel => (channel ??= new BroadcastChannel('session'));

/** That the session may be another one by now: one that began, moved or ended. */
export function tellOtherTabs(): void {
  opened().postMessage(null);
}

export function onOtherTab(handle: () => void): void {
  opened().addEventListener('message', handle);
}
