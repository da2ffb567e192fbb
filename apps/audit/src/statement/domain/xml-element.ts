import { SaxesParser } from 'saxes';
import { unreadable } from './bank-statement.ts';

/** One element without its namespace prefix: names in these documents mean one thing each. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  text: string;
}

const DEPTH_MAX = 32;
const ELEMENTS_MAX = 4_000_000;

/**
 * A whole document as a tree. The parser is strict about form and knows only XML's own five entities; a document type, which is where entities
 * are declared and files are fetched from, is refused at sight.
 */
export function readXml(text: string): XmlElement {
  const parser = new SaxesParser({ xmlns: true });
  const open: XmlElement[] = [];
  let root: XmlElement | null = null;
  let count = 0;
  parser.on('error', (error) => {
    throw unreadable('file', `is well-formed XML: ${error.message.slice(0, 120)}`);
  });
  parser.on('doctype', () => {
    throw unreadable('file', 'has no document type declaration');
  });
  parser.on('opentag', (tag) => {
    count += 1;
    if (count > ELEMENTS_MAX || open.length >= DEPTH_MAX) throw unreadable('file', `has at most ${DEPTH_MAX} levels and ${ELEMENTS_MAX} elements`);
    const attributes = Object.fromEntries(Object.values(tag.attributes).map(({ local, value }) => [local, value]));
    const element: XmlElement = { name: tag.local, attributes, children: [], text: '' };
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  });
  parser.on('closetag', () => void open.pop());
  const addText = (piece: string): void => {
    const element = open.at(-1);
    if (element !== undefined) element.text += piece;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.write(text).close();
  if (root === null) throw unreadable('file', 'has a root element');
  return root;
}

export function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => child.name === name);
}

/** The element at the end of the path, each step the first child of that name. */
export function elementAt(element: XmlElement, ...path: readonly string[]): XmlElement | null {
  let found: XmlElement | undefined = element;
  for (const name of path) found = found?.children.find((child) => child.name === name);
  return found ?? null;
}

/** The trimmed text there; null where there is none. */
export function textAt(element: XmlElement, ...path: readonly string[]): string | null {
  const text = elementAt(element, ...path)?.text.trim() ?? '';
  return text === '' ? null : text;
}
