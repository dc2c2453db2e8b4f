import { Skeleton } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { mappings as wording } from '../../../text/mappings.text';
import { type CodeEditorProps } from './code-editor';

const CodeEditor = lazy(() => import('./code-editor').then((module) => ({ default: module.CodeEditor })));

/** The editor is heavier than the rest of the portal: it comes when it is needed. */
export function LazyCodeEditor(props: CodeEditorProps) {
  return (
    <Suspense fallback={<Skeleton height="100%" aria-label={wording.editor.loadingCode} />}>
      <CodeEditor {...props} />
    </Suspense>
  );
}
