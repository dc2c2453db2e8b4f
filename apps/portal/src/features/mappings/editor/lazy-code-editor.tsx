import { Skeleton } from '@mantine/core';
import { lazyPart } from '../../../components/lazy-part';
import { mappings as wording } from '../../../text/mappings.text';

/** The editor is heavier than the rest of the portal: it comes when it is needed. */
export const LazyCodeEditor = lazyPart(
  () => import('./code-editor').then((module) => module.CodeEditor),
  () => <Skeleton height="100%" aria-label={wording.editor.loadingCode} />,
);
