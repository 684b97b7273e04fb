import { dirname, join, relative, sep } from 'node:path';
import type ts from 'typescript';
import { checkout } from '../checkout.js';
import { compiler } from '../compiler.js';
import type { Project } from '../project.js';
import { counted, fail, type Line, ok } from '../report.js';
import type { Sources } from '../sources.js';

/**
 * The types of all TypeScript of the folder, with the compiler and the settings of the checkout. What runs in the
 * sandbox is held against the language alone: there is no Node, no timer and no console. Needs no network, and
 * nothing installed in or above the folder.
 */

const CHECK = 'types';
/** What the sandbox has besides the language; drivers/sdk brings it along. */
const SANDBOX = `declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(input?: ArrayBuffer | ArrayBufferView): string;
}
`;
/** More would bury the first, which often is the cause of the others. */
const MOST = 20;

/** One line for each mistake, or one that all is well. `program` are the files that go into the sandbox. */
export async function checkTypes(project: Project, program: Sources['files']): Promise<readonly Line[]> {
  const typescript = await compiler();
  const bench = new Bench(typescript, project.folder);
  const others = project.files.filter((file) => file.endsWith('.ts') && !program.includes(file));
  const problems = [...bench.problems(program, { types: [] }, SANDBOX), ...bench.problems(others, { types: ['node'] })];
  if (problems.length === 0) return [ok(CHECK, `${counted(program.length + others.length, 'file')}, no mistakes`)];
  const told = problems.slice(0, MOST);
  const rest = problems.length - told.length;
  return told.map(({ file, line, text }, index) =>
    fail(
      CHECK,
      rest > 0 && index === told.length - 1 ? `${text} (and ${rest} more)` : text,
      { file, line },
      program.includes(file)
        ? 'mend the type; what the program may use: docs/vendors/driver-interface.md'
        : 'mend the type, then run the command again',
    ),
  );
}

interface Problem {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** Compiles parts of one folder; what they share is read once. */
class Bench {
  private readonly settings: ts.CompilerOptions;
  private readonly parsed = new Map<string, ts.SourceFile | undefined>();

  constructor(
    private readonly compiler: typeof ts,
    private readonly folder: string,
  ) {
    const { config } = compiler.readConfigFile(join(checkout, 'tsconfig.json'), compiler.sys.readFile) as {
      config: { compilerOptions: object };
    };
    // No screens here: their types would cost half a second.
    const { jsx: _jsx, ...options } = compiler.convertCompilerOptionsFromJson(config.compilerOptions, checkout).options;
    this.settings = {
      ...options,
      // No DOM: neither the sandbox nor Node has one.
      lib: ['lib.es2023.d.ts'],
      // The folder may stand anywhere, without a package.json: it is bundled, and that is how it imports.
      module: compiler.ModuleKind.Preserve,
      moduleResolution: compiler.ModuleResolutionKind.Bundler,
      typeRoots: [join(checkout, 'node_modules/@types')],
    };
  }

  problems(files: readonly string[], settings: ts.CompilerOptions, ambient = ''): readonly Problem[] {
    const { compiler } = this;
    const roots = files.map((file) => join(this.folder, file));
    if (roots.length === 0) return [];
    const options = { ...this.settings, ...settings };
    const own = new Set(roots.map((path) => this.real(path)));
    const added = join(this.folder, 'sandbox.d.ts');
    const program = compiler.createProgram(
      ambient === '' ? roots : [...roots, added],
      options,
      this.host(options, new Map(ambient === '' ? [] : [[added, ambient]])),
    );
    // Of the own files only: what they import is checked where it is at home.
    return program
      .getSourceFiles()
      .filter(({ fileName }) => own.has(this.real(fileName)))
      .flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)])
      .map((diagnostic) => this.problem(diagnostic));
  }

  private problem({ file, start = 0, messageText }: ts.Diagnostic): Problem {
    const [text = ''] = this.compiler.flattenDiagnosticMessageText(messageText, '\n').split('\n');
    return {
      file: file ? relative(this.real(this.folder), this.real(file.fileName)).replaceAll('\\', '/') : 'driver.ts',
      line: file ? file.getLineAndCharacterOfPosition(start).line + 1 : 1,
      // Packages of types would not bring it into the sandbox.
      text: text.replace(/^Cannot find name ('[^']+')\. (?:Do you need|Try) .*$/, 'there is no $1 here'),
    };
  }

  private host(options: ts.CompilerOptions, ambient: ReadonlyMap<string, string>): ts.CompilerHost {
    const { compiler } = this;
    const host = compiler.createCompilerHost(options, true);
    const { getSourceFile, fileExists, readFile } = host;
    host.fileExists = (path) => ambient.has(path) || fileExists.call(host, path);
    host.readFile = (path) => ambient.get(path) ?? readFile.call(host, path);
    host.getSourceFile = (path, target, ...rest) => {
      const text = ambient.get(path);
      if (text !== undefined) return compiler.createSourceFile(path, text, target);
      if (!this.parsed.has(path)) this.parsed.set(path, getSourceFile.call(host, path, target, ...rest));
      return this.parsed.get(path);
    };
    // Packages are those of the checkout, wherever the folder stands.
    const from = join(checkout, 'drivers/driver.ts');
    host.resolveModuleNameLiterals = (literals, containing) =>
      literals.map(({ text }) =>
        compiler.resolveModuleName(text, this.isPackage(text, containing) ? from : containing, options, host),
      );
    return host;
  }

  private isPackage(name: string, containing: string): boolean {
    const own = `${this.real(dirname(containing))}${sep}`.startsWith(`${this.real(this.folder)}${sep}`);
    return own && !/^\.{0,2}\//.test(name) && !/^\.{1,2}$/.test(name);
  }

  private real(path: string): string {
    return this.compiler.sys.realpath?.(path) ?? path;
  }
}
