import { useMutation, type UseMutationResult } from '@tanstack/react-query';
import { useState } from 'react';
import { fetchBlob } from '../../lib/api';
import { checkExport, type Verdict } from './check-export';
import { type ExportedChain } from './exported-chain';

/** A file of the reader's own, or an export that the hub still has. */
export type Checked = { readonly name: string } & ({ readonly file: Blob } | { readonly download: string });

export type Check = UseMutationResult<Verdict, Error, Checked> & {
  /** How much of the records was looked at, from 0 to 1. */
  readonly progress: number;
};

export function useCheck(chain: ExportedChain): Check {
  const [progress, setProgress] = useState(0);
  const check = useMutation<Verdict, Error, Checked>({
    onMutate: () => setProgress(0),
    mutationFn: async (checked) =>
      checkExport('file' in checked ? checked.file : await fetchBlob(checked.download), chain, setProgress),
  });
  return { ...check, progress };
}
