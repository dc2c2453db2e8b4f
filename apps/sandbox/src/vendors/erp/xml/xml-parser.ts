import { XmlSyntaxError, type XmlAttribute, type XmlElement } from './xml.types';

const NAME_START =
  'A-Za-z_\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C-\\u200D\\u2070-\\u218F\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFFD';
const NCNAME = `[${NAME_START}][\\u0300-\\u036F${NAME_START}\\-.0-9\\u203F-\\u2040\\u00B7]*`;
const QNAME = new RegExp(`(?:(${NCNAME}):)?(${NCNAME})`, 'y');
const SPACE = /[ \t\n]*/y;
const DECLARATION =
  /<\?xml[ \t\n]+version[ \t\n]*=[ \t\n]*(?:"1\.[0-9]+"|'1\.[0-9]+')(?:[ \t\n]+encoding[ \t\n]*=[ \t\n]*(?:"[\w.-]+"|'[\w.-]+'))?(?:[ \t\n]+standalone[ \t\n]*=[ \t\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\n]*\?>/y;
const REFERENCE = /&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|(lt|gt|amp|quot|apos));/y;
const PREDEFINED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const XMLNS = 'http://www.w3.org/2000/xmlns/';
const XML_NS = 'http://www.w3.org/XML/1998/namespace';
/** Deeper than any message of the contract; shallow enough that nobody exhausts the stack. */
const MAX_DEPTH = 64;

type Scope = Readonly<Record<string, string>>;
interface RawAttribute {
  readonly prefix: string;
  readonly name: string;
  readonly value: string;
}

/**
 * Reads a whole document as XML 1.0 with namespaces demands: one root, matched tags, quoted attributes, declared
 * prefixes, no bare ampersand. A document type declaration is refused, and with it every entity but the five of XML.
 * @throws XmlSyntaxError with the place of the first violation
 */
export function parseXml(text: string): XmlElement {
  return new Parser(text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')).document();
}

/** XML 1.0 production [2]. */
function isXmlCharacter(code: number): boolean {
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd;
  return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff);
}

class Parser {
  private at = 0;

  constructor(private readonly text: string) {}

  document(): XmlElement {
    let offset = 0;
    for (const character of this.text) {
      if (!isXmlCharacter(character.codePointAt(0) ?? 0)) this.fail('an invalid XML character was found', offset);
      offset += character.length;
    }
    this.match(DECLARATION);
    this.misc();
    if (!this.looking('<')) this.fail('content is not allowed in prolog');
    const root = this.element({ xml: XML_NS }, 0);
    this.misc();
    if (this.at < this.text.length) this.fail('content is not allowed after the root element');
    return root;
  }

  /** White space, comments and processing instructions around the root. */
  private misc(): void {
    for (;;) {
      this.match(SPACE);
      if (this.looking('<!DOCTYPE')) this.fail('a document type declaration is not allowed');
      if (!this.skipped()) return;
    }
  }

  private skipped(): boolean {
    if (this.looking('<!--')) {
      const end = this.text.indexOf('--', this.at + 4);
      if (end < 0 || this.text[end + 2] !== '>') this.fail('a comment is not closed, or contains "--"');
      this.at = end + 3;
      return true;
    }
    if (!this.looking('<?')) return false;
    const end = this.text.indexOf('?>', this.at);
    if (end < 0 || /^<\?xml[\s?]/i.test(this.text.slice(this.at, this.at + 6))) {
      this.fail('a processing instruction is not valid here');
    }
    this.at = end + 2;
    return true;
  }

  private element(outer: Scope, depth: number): XmlElement {
    if (depth > MAX_DEPTH) this.fail('elements are nested too deeply');
    this.at++;
    const [prefix, name] = this.qname();
    const raw = this.attributes();
    const scope = this.declare(outer, raw);
    const element = {
      namespace: this.resolve(scope, prefix),
      name,
      attributes: this.resolveAttributes(scope, raw),
      children: [] as (XmlElement | string)[],
    };
    if (this.took('/>')) return element;
    if (!this.took('>')) this.fail(`element "${name}" must be followed by attributes, ">" or "/>"`);
    this.content(element.children, scope, depth);
    const [endPrefix, endName] = this.qname();
    if (endPrefix !== prefix || endName !== name) {
      this.fail(`the element type "${name}" must be terminated by the matching end-tag`);
    }
    this.match(SPACE);
    if (!this.took('>')) this.fail(`the end-tag of "${name}" must end with ">"`);
    return element;
  }

  /** Up to and with the `</` of the end tag. */
  private content(children: (XmlElement | string)[], scope: Scope, depth: number): void {
    let text = '';
    const flush = (): void => {
      if (text !== '') children.push(text);
      text = '';
    };
    for (;;) {
      if (this.at >= this.text.length) this.fail('XML document structures must start and end within the same entity');
      if (this.took('</')) {
        flush();
        return;
      }
      if (this.looking('<![CDATA[')) text += this.cdata();
      else if (this.looking('<!--') || this.looking('<?')) this.skipped();
      else if (this.looking('<!')) this.fail('a declaration is not allowed in content');
      else if (this.looking('<')) {
        flush();
        children.push(this.element(scope, depth + 1));
      } else text += this.characters('<&');
    }
  }

  private cdata(): string {
    const end = this.text.indexOf(']]>', this.at + 9);
    if (end < 0) this.fail('a CDATA section is not closed');
    const text = this.text.slice(this.at + 9, end);
    this.at = end + 3;
    return text;
  }

  /** One run of plain characters, or one reference. */
  private characters(stops: string): string {
    if (this.looking('&')) return this.reference();
    const start = this.at;
    while (this.at < this.text.length && !stops.includes(this.text.charAt(this.at))) this.at++;
    const run = this.text.slice(start, this.at);
    if (stops.startsWith('<&') && stops.length === 2 && run.includes(']]>')) {
      this.fail('the character sequence "]]>" must not appear in content');
    }
    return run;
  }

  private reference(): string {
    const found = this.match(REFERENCE);
    if (!found) this.fail('an entity reference is not one of the five of XML, or not closed with ";"');
    const [, hex, decimal, name = ''] = found;
    const code = hex !== undefined ? parseInt(hex, 16) : decimal !== undefined ? Number(decimal) : undefined;
    if (code === undefined) return PREDEFINED[name] ?? this.fail(`the entity "${name}" was not declared`);
    if (!isXmlCharacter(code)) this.fail('a character reference names an invalid XML character');
    return String.fromCodePoint(code);
  }

  private attributes(): RawAttribute[] {
    const found: RawAttribute[] = [];
    for (;;) {
      const spaced = this.match(SPACE)?.[0] !== '';
      if (this.looking('>') || this.looking('/>')) return found;
      if (!spaced) this.fail('attributes must be separated by white space');
      const [prefix, name] = this.qname();
      this.match(SPACE);
      if (!this.took('=')) this.fail(`attribute "${name}" must be followed by "="`);
      this.match(SPACE);
      const quote = this.text.charAt(this.at);
      if (quote !== '"' && quote !== "'") this.fail(`the value of attribute "${name}" must be quoted`);
      this.at++;
      let value = '';
      while (!this.looking(quote)) {
        if (this.at >= this.text.length || this.looking('<'))
          this.fail(`the value of attribute "${name}" is not closed`);
        value += this.looking('&') ? this.reference() : this.characters(`<&${quote}`).replace(/[\t\n]/g, ' ');
      }
      this.at++;
      if (found.some((other) => other.prefix === prefix && other.name === name)) {
        this.fail(`attribute "${name}" was already specified`);
      }
      found.push({ prefix, name, value });
    }
  }

  private declare(outer: Scope, raw: readonly RawAttribute[]): Scope {
    const declared = raw.filter(({ prefix, name }) => prefix === 'xmlns' || (prefix === '' && name === 'xmlns'));
    if (declared.length === 0) return outer;
    const inner: Record<string, string> = { ...outer };
    for (const { prefix, name, value } of declared) {
      const key = prefix === 'xmlns' ? name : '';
      if (key !== '' && (value === '' || key === 'xmlns' || key === 'xml')) {
        this.fail(`the prefix "${key}" cannot be bound so`);
      }
      inner[key] = value;
    }
    return inner;
  }

  private resolve(scope: Scope, prefix: string): string {
    const namespace = Object.hasOwn(scope, prefix) ? scope[prefix] : undefined;
    if (namespace === undefined && prefix !== '') this.fail(`the prefix "${prefix}" is not bound`);
    return namespace ?? '';
  }

  private resolveAttributes(scope: Scope, raw: readonly RawAttribute[]): XmlAttribute[] {
    const plain = raw.filter(({ prefix, name }) => prefix !== 'xmlns' && !(prefix === '' && name === 'xmlns'));
    const resolved = plain.map(({ prefix, name, value }) => ({
      namespace: prefix === '' ? '' : this.resolve(scope, prefix),
      name,
      value,
    }));
    for (const [index, { namespace, name }] of resolved.entries()) {
      if (namespace === XMLNS) this.fail('the namespace of xmlns is reserved');
      if (resolved.slice(0, index).some((other) => other.namespace === namespace && other.name === name)) {
        this.fail(`attribute "${name}" was already specified`);
      }
    }
    return resolved;
  }

  private qname(): [string, string] {
    const found = this.match(QNAME);
    if (!found) this.fail('a name was expected');
    return [found[1] ?? '', found[2] ?? ''];
  }

  private looking(text: string): boolean {
    return this.text.startsWith(text, this.at);
  }

  private took(text: string): boolean {
    if (!this.looking(text)) return false;
    this.at += text.length;
    return true;
  }

  private match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text) ?? undefined;
    if (found) this.at += found[0].length;
    return found;
  }

  private fail(message: string, at = this.at): never {
    const before = this.text.slice(0, at);
    const line = before.split('\n').length;
    throw new XmlSyntaxError(message, line, at - before.lastIndexOf('\n'));
  }
}
