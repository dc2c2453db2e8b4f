export default async function globalTeardown(): Promise<void> {
  await (globalThis as { hubTestTeardown?: () => Promise<void> }).hubTestTeardown?.();
}
