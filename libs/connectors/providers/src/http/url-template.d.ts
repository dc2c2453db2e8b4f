/** The package ships no types. `parse` relies on `this`: call it on the object. */
declare module 'url-template' {
  const urlTemplate: { parse(template: string): { expand(context: Readonly<Record<string, unknown>>): string } };
  export = urlTemplate;
}
