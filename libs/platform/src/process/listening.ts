/** Names the settings that an address comes from where nobody can listen on it. */
export async function listening<T>(
  portSetting: string,
  { host, port }: { readonly host: string; readonly port: number },
  listen: () => Promise<T>,
): Promise<T> {
  try {
    return await listen();
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : String(error);
    throw new Error(`cannot listen on ${host}:${port} (${code}), which HUB_HOST and ${portSetting} say`, {
      cause: error,
    });
  }
}
