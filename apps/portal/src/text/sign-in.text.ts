export const signIn = {
  title: 'Sign in',
  subtitle: 'Your records, in agreement.',
  email: 'E-mail',
  password: 'Password',
  submit: 'Sign in',
  totp: {
    title: 'One more step',
    hint: 'The six digits that your authenticator shows, or one of your recovery codes.',
    code: 'Code',
    submit: 'Continue',
    back: 'Back',
  },
  failures: {
    wrong_credentials: 'E-mail and password do not belong together.',
    wrong_code: 'This code is not right. Codes change every 30 seconds.',
    challenge_expired: 'That took too long. Please sign in again.',
    rate_limited: 'Too many attempts. Wait a little and try again.',
  } as Readonly<Record<string, string>>,
} as const;
