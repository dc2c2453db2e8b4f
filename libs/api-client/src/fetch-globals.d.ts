/** Node's types know `RequestInit` but not the name of its body, which the generated client uses. */
type BodyInit = NonNullable<RequestInit['body']>;
