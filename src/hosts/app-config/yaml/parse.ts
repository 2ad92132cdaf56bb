import {
  isAlias,
  isMap,
  isScalar,
  Lexer,
  parseDocument,
  Parser,
  visit,
  type Document,
  type YAMLParseError,
} from 'yaml';
import { ConfigEditError } from '../setting';

/**
 * Most that is read as YAML: who owns a file on a host may make it as long as he likes, and its parser takes a time that grows with the
 * square of some of these.
 */
const MOST = { characters: 256 * 1024, lines: 10_000, anchors: 1000, depth: 100 };

/**
 * Parses a file of a host as YAML (JSON is YAML), in a time that its owner can't make long.
 * @throws ConfigEditError when it is longer than any configuration, or not valid: the message has no text of the file
 */
export function parseYaml(text: string): Document.Parsed {
  if (text.length > MOST.characters) throw tooMuch(`${MOST.characters} characters`);
  if (linesOf(text) > MOST.lines) throw tooMuch(`${MOST.lines} lines`);
  refuseDepths(text);
  // Its own look at keys compares each with every other; what it warns of would go to the terminal as the file has it.
  const document = parseDocument(text, { merge: true, uniqueKeys: false, logLevel: 'error', prettyErrors: false });
  const [first] = document.errors;
  if (first) throw notValid(`${wordsOf(first)} at line ${linesOf(text.slice(0, first.pos[0]))}`);
  refuseKeysTwice(document);
  refuseAliases(document);
  return document;
}

/** Values are made of the tokens by recursion, and a stack that is full may end the whole process; tokens are read without any. */
function refuseDepths(text: string): void {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    Array.from(parser.next(lexeme));
    if (parser.stack.length > MOST.depth) throw tooMuch(`${MOST.depth} levels, one within the other,`);
  }
}

function linesOf(text: string): number {
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}

function tooMuch(most: string): ConfigEditError {
  return new ConfigEditError(`has more than ${most}, which is no configuration that can be read safely`);
}

function notValid(why: string): ConfigEditError {
  return new ConfigEditError(`is not valid YAML or JSON: ${why}`);
}

/** After a colon, and of a directive, the parser tells what stands in the file: that may be a password. */
function wordsOf({ code, message }: YAMLParseError): string {
  if (code === 'BAD_DIRECTIVE') return 'there is a directive that is not known';
  return message.split(/: | at line |\n/)[0] ?? '';
}

function refuseKeysTwice(document: Document.Parsed): void {
  visit(document, {
    Map: (_key, map) => {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        const name = isScalar(key) ? key.value : key;
        if (seen.has(name)) throw notValid('a key stands twice in one mapping');
        seen.add(name);
      }
    },
  });
}

/** Each alias is looked for from the beginning of the document. */
function refuseAliases(document: Document.Parsed): void {
  const anchors = new Set<string>();
  let aliases = 0;
  visit(document, {
    Node: (_key, node) => {
      if (!isAlias(node)) {
        if (node.anchor !== undefined) anchors.add(node.anchor);
      } else if (!anchors.has(node.source)) {
        throw new ConfigEditError("can't be edited safely: an alias stands before its anchor, or there is none");
      } else {
        aliases += 1;
      }
      if (aliases > MOST.anchors || anchors.size > MOST.anchors) throw tooMuch(`${MOST.anchors} anchors or aliases`);
    },
  });
}

/** Whether a document is a mapping, or empty. */
export function isMapping({ contents }: Document.Parsed): boolean {
  return contents === null || (isScalar(contents) && contents.value === null) || isMap(contents);
}
