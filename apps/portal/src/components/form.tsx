import { useQueryClient } from '@tanstack/react-query';
import {
  createContext,
  useContext,
  useMemo,
  useRef,
  useState,
  type FormEvent,
  type ReactNode,
  type SyntheticEvent,
} from 'react';
import { Entered } from '../lib/entered';
import { useUnsaved } from '../lib/unsaved';

interface FormAround {
  /** Whether everything in it may be sent; says what may not. */
  readonly isValid: () => boolean;
  /** Runs what saves it, and follows whether it does. */
  readonly saving: <T>(save: () => T) => T;
}

const Around = createContext<FormAround>({ isValid: () => true, saving: (save) => save() });

/** For buttons in a form that save without submitting it. */
export function useFormAround(): FormAround {
  return useContext(Around);
}

export interface FormProps {
  /** What it starts saves what is entered. */
  readonly onSubmit: (event: FormEvent) => void;
  readonly children: ReactNode;
}

/** A form that is not left with unsaved changes before somebody has said so; whatever the portal saves is entered into one. */
export function Form({ onSubmit, children }: FormProps) {
  const form = useRef<HTMLFormElement>(null);
  const [entered] = useState(() => new Entered());
  const attempts = useQueryClient().getMutationCache();
  useUnsaved({
    isUnsaved: () => form.current !== null && entered.isUnsaved(form.current),
    isSending: () => entered.isSending(),
  });
  const around = useMemo<FormAround>(
    () => ({
      isValid: () => form.current?.reportValidity() !== false,
      saving: (save) => {
        const before = new Set(attempts.getAll());
        const result = save();
        const begun = attempts.getAll().filter((one) => !before.has(one));
        if (begun.length > 0 && form.current !== null) entered.send(form.current, begun);
        return result;
      },
    }),
    [attempts, entered],
  );
  const look = (event: SyntheticEvent<HTMLFormElement>): void => entered.look(event.currentTarget);
  return (
    <form
      ref={form}
      onFocusCapture={look}
      onPointerDownCapture={look}
      onKeyDownCapture={look}
      onSubmit={(event) => {
        // Of this form alone: that of a dialog which was opened in another form is none of the other's.
        event.stopPropagation();
        around.saving(() => onSubmit(event));
      }}
    >
      <Around value={around}>{children}</Around>
    </form>
  );
}
