import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import type ts from 'typescript';
import { compiler } from './compiler.js';
import type { Project } from './project.js';
import type { Place } from './report.js';

/** What can be learnt of a driver by reading its program, without running it. */

/** A text in the program. */
export interface Literal {
  readonly text: string;
  readonly at: Required<Place>;
  /** Part of what is thrown: technical, for the log. */
  readonly thrown: boolean;
  /** Becomes words on the screen: the value of `text(...)`, the `display` of a code. */
  readonly shown: boolean;
  /** `unit: '...'` of a table or a value. */
  readonly isUnit: boolean;
}

/** A call with its literal arguments; the others are undefined. */
export interface Call {
  /** `request` of `device.request(...)`. */
  readonly name: string;
  /** `device` of `device.request(...)` and of `this.device.request(...)`; empty for a plain function. */
  readonly receiver: string;
  readonly args: readonly (string | readonly string[] | undefined)[];
  readonly at: Required<Place>;
}

export interface Sources {
  /** Files of the program, relative to the folder: `driver.ts` and what it imports of the folder. */
  readonly files: readonly string[];
  readonly literals: readonly Literal[];
  readonly calls: readonly Call[];
  /** Loops of which the head yields: `for (const x of yield* list())`. */
  readonly yieldingHeads: readonly Required<Place>[];
}

/** Reads the program of a driver: `driver.ts` and all that it imports from its own folder. */
export async function readSources(project: Project): Promise<Sources> {
  const typescript = await compiler();
  const files: string[] = [];
  const literals: Literal[] = [];
  const calls: Call[] = [];
  const yieldingHeads: Required<Place>[] = [];
  const waiting = project.files.includes('driver.ts') ? ['driver.ts'] : [];
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
    if (files.includes(file)) continue;
    files.push(file);
    const text = readFileSync(join(project.folder, file), 'utf8');
    const tree = typescript.createSourceFile(file, text, typescript.ScriptTarget.ES2022, true);
    const reader = new Reader(typescript, tree, file);
    reader.visit(tree, false);
    literals.push(...reader.literals);
    calls.push(...reader.calls);
    yieldingHeads.push(...reader.yieldingHeads);
    waiting.push(...reader.imports.flatMap((path) => sourceOf(project, file, path)));
  }
  return { files, literals, calls, yieldingHeads };
}

/** The file in the folder behind `./parser.js`; none for packages and for JSON. */
function sourceOf(project: Project, from: string, path: string): readonly string[] {
  if (!path.startsWith('.')) return [];
  const file = posix.join(dirname(from), path.replace(/\.js$/, '.ts'));
  return file.endsWith('.ts') && existsSync(join(project.folder, file)) ? [file] : [];
}

/** Fields of findings that a user reads as they are. */
const SHOWN: ReadonlySet<string> = new Set(['display', 'vendorText', 'vendorType']);

/** Walks over the tree of one file. */
class Reader {
  readonly literals: Literal[] = [];
  readonly calls: Call[] = [];
  readonly imports: string[] = [];
  readonly yieldingHeads: Required<Place>[] = [];
  private readonly shown = new Set<ts.Node>();

  constructor(
    private readonly compiler: typeof ts,
    private readonly tree: ts.SourceFile,
    private readonly file: string,
  ) {}

  visit(node: ts.Node, thrown: boolean): void {
    const { compiler } = this;
    if (compiler.isImportDeclaration(node) || compiler.isExportDeclaration(node)) {
      const { moduleSpecifier } = node;
      if (moduleSpecifier && compiler.isStringLiteral(moduleSpecifier)) this.imports.push(moduleSpecifier.text);
      return;
    }
    if (compiler.isTypeNode(node)) return;
    if (compiler.isCallExpression(node)) this.call(node);
    if (compiler.isForOfStatement(node) && this.yields(node.expression)) this.yieldingHeads.push(this.at(node));
    if (compiler.isPropertyAssignment(node) && SHOWN.has(node.name.getText(this.tree)))
      this.shown.add(node.initializer);
    const text = this.literal(node);
    if (text !== undefined) {
      const shown = this.shown.has(node);
      this.literals.push({ text, at: this.at(node), thrown, shown, isUnit: this.isUnit(node) });
    }
    const raises = thrown || compiler.isThrowStatement(node) || this.makesError(node);
    compiler.forEachChild(node, (child) => this.visit(child, raises));
  }

  private isUnit({ parent }: ts.Node): boolean {
    return this.compiler.isPropertyAssignment(parent) && parent.name.getText(this.tree) === 'unit';
  }

  /** `new OneBoxError('LINK_LOST', 'the device hung up')`, thrown here or by whoever gets it. */
  private makesError(node: ts.Node): boolean {
    const { compiler } = this;
    return (
      compiler.isNewExpression(node) && /(?:Error|Rejected|Refused|Mismatch)$/.test(node.expression.getText(this.tree))
    );
  }

  /** In itself: what a function in it yields is its own. */
  private yields(node: ts.Node): boolean {
    const { compiler } = this;
    if (compiler.isYieldExpression(node)) return true;
    if (compiler.isFunctionLike(node)) return false;
    return compiler.forEachChild(node, (child) => this.yields(child) || undefined) ?? false;
  }

  private call(node: ts.CallExpression): void {
    const { compiler } = this;
    const { expression } = node;
    const access = compiler.isPropertyAccessExpression(expression) ? expression : undefined;
    const name = access ? access.name.text : compiler.isIdentifier(expression) ? expression.text : undefined;
    if (name === undefined) return;
    if (!access && name === 'text' && node.arguments[1]) this.shown.add(node.arguments[1]);
    const receiver = access ? (access.expression.getText(this.tree).split('.').at(-1) ?? '') : '';
    this.calls.push({ name, receiver, at: this.at(node), args: node.arguments.map((one) => this.argument(one)) });
  }

  private argument(node: ts.Expression): string | readonly string[] | undefined {
    if (!this.compiler.isArrayLiteralExpression(node)) return this.literal(node);
    return node.elements.flatMap((element) => this.literal(element) ?? []);
  }

  /** The fixed text of a literal; of a template what stands between its holes. */
  private literal(node: ts.Node): string | undefined {
    const { compiler } = this;
    if (compiler.isStringLiteralLike(node)) return node.text;
    if (!compiler.isTemplateExpression(node)) return undefined;
    return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join(' … ');
  }

  private at(node: ts.Node): Required<Place> {
    const { line } = this.tree.getLineAndCharacterOfPosition(node.getStart(this.tree));
    return { file: this.file, line: line + 1 };
  }
}
