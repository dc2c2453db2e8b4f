import { parseXml } from './xml-parser';
import { attributeOf, textOf, XmlSyntaxError } from './xml.types';

describe('the XML parser', () => {
  it('resolves namespaces, references, CDATA and line ends, whatever the prefixes', () => {
    const root = parseXml(
      '\uFEFF<?xml version="1.0" encoding="UTF-8"?>\r\n<!-- c --><a:r xmlns:a="urn:x" xmlns="urn:y" a:k="&lt;1&#x20;&quot;" k=\'2\'>' +
        '<b xmlns:a="urn:z"><a:c/></b>A&amp;B<![CDATA[<&]]>\r\n&#x1F642;</a:r>\n<?pi x?>',
    );
    expect([root.namespace, root.name]).toEqual(['urn:x', 'r']);
    expect([attributeOf(root, 'urn:x', 'k'), attributeOf(root, '', 'k')]).toEqual(['<1 "', '2']);
    expect(textOf(root)).toBe('A&B<&\n🙂');
    expect(root.children[0]).toMatchObject({
      namespace: 'urn:y',
      name: 'b',
      children: [{ namespace: 'urn:z', name: 'c' }],
    });
  });

  it.each([
    ['<a>'],
    ['<a></b>'],
    ['<a/><b/>'],
    ['text'],
    ['<a/>text'],
    ['<a b=1/>'],
    ['<a b="1" b="2"/>'],
    ['<a b="1"c="2"/>'],
    ['<a b="<"/>'],
    ['<a>R&D</a>'],
    ['<a>&nbsp;</a>'],
    ['<a>&#0;</a>'],
    ['<a>\u0001</a>'],
    ['<a>]]></a>'],
    ['<a><!-- -- --></a>'],
    ['<x:a/>'],
    ['<a xmlns:x=""/>'],
    ['<a xmlns:x="u" xmlns:y="u" x:k="1" y:k="2"/>'],
    ['<!DOCTYPE a><a/>'],
    ['<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>'],
    [' <?xml version="1.0"?><a/>'],
    ['<a'.repeat(1) + '>'.repeat(1) + '<b>'.repeat(70) + '</b>'.repeat(70) + '</a>'],
    [''],
  ])('refuses %s', (text) => {
    expect(() => parseXml(text)).toThrow(XmlSyntaxError);
  });

  it('tells the place', () => {
    expect(() => parseXml('<a>\n  <b>&</b></a>')).toThrow(expect.objectContaining({ line: 2, column: 6 }));
  });
});
