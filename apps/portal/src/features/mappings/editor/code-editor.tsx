import { autocompletion } from '@codemirror/autocomplete';
import { json } from '@codemirror/lang-json';
import { setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { EditorState, type Extension } from '@codemirror/state';
import { basicSetup, EditorView } from 'codemirror';
import { useEffect, useRef, useState } from 'react';
import { completionsAt, type Known } from './completion';
import classes from './code-editor.module.css';
import { codeColours, jsonataLanguage } from './jsonata-language';

export interface CodeEditorProps {
  readonly label: string;
  readonly language: 'jsonata' | 'json';
  readonly value: string;
  readonly onChange?: (value: string) => void;
  readonly fault?: { readonly from: number; readonly length: number; readonly message: string } | null;
  readonly known?: Known;
  /** Another object each time that the editor is to go to a place. */
  readonly goTo?: { readonly offset: number } | null;
}

const NOTHING: Known = { functions: [], paths: [], fields: [] };

/** Without `onChange` it is there to read and to copy from. Loaded when it is first shown, not before. */
export function CodeEditor({
  label,
  language,
  value,
  onChange,
  fault = null,
  known = NOTHING,
  goTo = null,
}: CodeEditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  // The editor lives on while what it is given changes.
  const latest = useRef({ onChange, known, value });
  useEffect(() => {
    latest.current = { onChange, known, value };
  });
  const isReadOnly = onChange === undefined;
  const [isMade, setMade] = useState(false);
  useEffect(() => {
    const parent = place.current;
    if (parent === null) return;
    const make = (): EditorView => {
      const made = new EditorView({
        parent,
        state: EditorState.create({
          doc: latest.current.value,
          extensions: [
            basicSetup,
            ...(language === 'json' ? [json()] : jsonataExtensions(() => latest.current.known)),
            codeColours,
            EditorView.lineWrapping,
            EditorView.contentAttributes.of({ 'aria-label': label }),
            EditorState.readOnly.of(isReadOnly),
            EditorView.updateListener.of((update) => {
              if (update.docChanged) latest.current.onChange?.(update.state.doc.toString());
            }),
          ],
        }),
      });
      // What scrolls must be reached by the keyboard; that its content takes text is not enough for every reader.
      made.scrollDOM.tabIndex = 0;
      return made;
    };
    // Each in a task of its own: a page with two of them answers in between.
    const waiting = setTimeout(() => {
      view.current = make();
      setMade(true);
    });
    return () => {
      clearTimeout(waiting);
      view.current?.destroy();
      view.current = null;
      setMade(false);
    };
  }, [language, label, isReadOnly]);
  useEffect(() => {
    const shown = view.current;
    if (shown === null || shown.state.doc.toString() === value) return;
    shown.dispatch({ changes: { from: 0, to: shown.state.doc.length, insert: value } });
  }, [value, isMade]);
  useEffect(() => {
    const shown = view.current;
    if (shown !== null)
      shown.dispatch(setDiagnostics(shown.state, fault === null ? [] : [diagnosticOf(fault, shown.state.doc.length)]));
  }, [fault, isMade]);
  useEffect(() => {
    const shown = view.current;
    if (shown === null || goTo === null) return;
    shown.dispatch({ selection: { anchor: Math.min(goTo.offset, shown.state.doc.length) }, scrollIntoView: true });
    shown.focus();
  }, [goTo, isMade]);
  return <div ref={place} className={classes.editor} />;
}

function jsonataExtensions(known: () => Known): Extension[] {
  return [
    jsonataLanguage,
    autocompletion({ override: [(context) => completionsAt(context, known())], activateOnTyping: true, icons: false }),
  ];
}

function diagnosticOf(fault: NonNullable<CodeEditorProps['fault']>, length: number): Diagnostic {
  const from = Math.min(fault.from, Math.max(length - 1, 0));
  return { from, to: Math.min(from + Math.max(fault.length, 1), length), severity: 'error', message: fault.message };
}
