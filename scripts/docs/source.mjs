import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { root } from '../build/files.mjs';

/** What the TypeScript sources say of themselves: declarations with their comments. */

const parse = (file) => ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.ES2022, true);

/** The text of the comment `/** ... *\/` before a node, on one line. */
function comment(node, text) {
  const range = (ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []).at(-1);
  if (!range || text.slice(range.pos, range.pos + 3) !== '/**') return '';
  return text
    .slice(range.pos + 3, range.end - 2)
    .replace(/^\s*\*/gm, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Members of an interface: name, how it is written, comment. */
export function members(file, name) {
  const source = parse(file);
  const found = source.statements.find((one) => ts.isInterfaceDeclaration(one) && one.name.text === name);
  if (!found) throw new Error(`${file} has no interface ${name}`);
  return found.members.map((member) => ({
    name: member.name.getText(source),
    written: member
      .getText(source)
      .replace(/\s+/g, ' ')
      .replace(/;$/, '')
      .replace(/^readonly /, ''),
    comment: comment(member, source.text),
  }));
}

/** The exported functions of a file: name, parameters, comment. */
export function functions(file) {
  const source = parse(file);
  return source.statements
    .filter(
      (one) => ts.isFunctionDeclaration(one) && one.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword),
    )
    .map((one) => ({
      name: one.name.text,
      written: `${one.name.text}(${one.parameters.map((parameter) => parameter.name.getText(source).replace(/\s+/g, ' ')).join(', ')})`,
      comment: comment(one, source.text),
    }));
}

/** The texts of an exported array of literals, each with its comment. */
export function literals(file, name) {
  const source = parse(file);
  for (const statement of source.statements)
    if (ts.isVariableStatement(statement))
      for (const { name: variable, initializer } of statement.declarationList.declarations)
        if (variable.getText(source) === name) {
          const list = ts.isAsExpression(initializer) ? initializer.expression : initializer;
          return list.elements.map((element) => ({ text: element.text, comment: comment(element, source.text) }));
        }
  throw new Error(`${file} has no ${name}`);
}

/** An exported object of text, in the groups that its line comments make: `[{ title, entries: [[key, text]] }]`. */
export function groups(file, name) {
  const source = parse(file);
  const found = source.statements
    .filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => [...declarationList.declarations])
    .find((one) => one.name.getText(source) === name);
  let object = found.initializer;
  while (!ts.isObjectLiteralExpression(object)) object = object.expression;
  const made = [];
  for (const property of object.properties) {
    const lines = (ts.getLeadingCommentRanges(source.text, property.getFullStart()) ?? [])
      .filter(({ kind }) => kind === ts.SyntaxKind.SingleLineCommentTrivia)
      .map(({ pos, end }) => source.text.slice(pos + 2, end).trim());
    // A comment behind a blank line begins a group; others say something of one term.
    const opens = /\n\s*\n/.test(source.text.slice(property.getFullStart(), property.getStart(source)));
    if (made.length === 0 || (lines.length > 0 && opens)) made.push({ title: lines.join(' ') || 'Terms', entries: [] });
    made.at(-1).entries.push([property.name.text, property.initializer.text]);
  }
  return made;
}
