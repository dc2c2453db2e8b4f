import { Alert } from '@mantine/core';
import { ProblemAlert } from '../../components/problem-alert';
import { ApiProblem } from '../../lib/problem';
import { signIn } from '../../text/sign-in.text';

/** In the words of a person who wants to come in, where there are such; the API's own otherwise. */
export function Failure({ error }: { readonly error: unknown }) {
  if (error === null) return null;
  const known = error instanceof ApiProblem ? signIn.failures[error.code] : undefined;
  if (known === undefined) return <ProblemAlert error={error} />;
  return (
    <Alert color="red" role="alert">
      {known}
    </Alert>
  );
}
