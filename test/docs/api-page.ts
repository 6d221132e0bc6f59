import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What a program may import, and what each is for: the first comment of the file says it. */
const ENTRIES = [
  { name: 'temporal-understudy', file: 'src/index.ts' },
  { name: 'temporal-understudy/workflow', file: 'src/workflow.ts' },
  { name: 'temporal-understudy/providers', file: 'src/providers/index.ts' },
];

/** Something with a name that a program can import, or that what it imports speaks of. */
interface Told {
  name: string;
  code: string;
  doc: string[];
  speaksOf: Map<string, ts.Symbol>;
}

/** What the package exports, from the types and the doc comments of its entries. */
export function apiPage(): string {
  const files = ENTRIES.map(({ file }) => ROOT + file);
  const { config } = ts.readConfigFile(`${ROOT}tsconfig.json`, (path) => ts.sys.readFile(path)) as { config: object };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const program = ts.createProgram(files, { ...options, noErrorTruncation: true });
  const checker = program.getTypeChecker();
  const lines = ['# API', '', 'What the package exports. `npm run docs` writes this page from the code.'];
  const shown = new Set<string>();
  const open = new Map<string, ts.Symbol>();
  const put = (told: Told) => {
    shown.add(told.name);
    lines.push('', `### ${told.name}`, '', ...told.doc, '', '```ts', told.code, '```');
    for (const [name, symbol] of told.speaksOf) open.set(name, symbol);
  };
  for (const { name, file } of ENTRIES) {
    const source = program.getSourceFile(ROOT + file);
    const symbol = source && checker.getSymbolAtLocation(source);
    if (!symbol) throw new Error(`${file} exports nothing`);
    lines.push('', `## \`${name}\``, '', firstComment(source));
    for (const each of checker.getExportsOfModule(symbol)) {
      if (shown.has(each.name)) lines.push('', `\`${each.name}\`: as above.`);
      else put(toldOf(each, checker));
    }
  }
  lines.push('', '## What these speak of', '', 'Types that are not exported by name: they come with those that are.');
  for (let [next] = open; next; [next] = open) {
    open.delete(next[0]);
    if (!shown.has(next[0])) put(toldOf(next[1], checker));
  }
  return lines.join('\n');
}

function firstComment(source: ts.SourceFile): string {
  const [range] = ts.getLeadingCommentRanges(source.text, 0) ?? [];
  if (!range) throw new Error(`${source.fileName} does not say what it is for`);
  return source.text
    .slice(range.pos, range.end)
    .replace(/^\/\*\*\s*|\s*\*\/$|\n \* ?/g, ' ')
    .trim();
}

function toldOf(symbol: ts.Symbol, checker: ts.TypeChecker): Told {
  const real = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const { name } = symbol;
  const all = (real.declarations ?? []).filter((each) => !ts.isFunctionDeclaration(each) || each.body === undefined);
  const declarations = all.length > 0 ? all : (real.declarations ?? []);
  const speaksOf = new Map<string, ts.Symbol>();
  for (const each of declarations) visit(each);
  return {
    name,
    doc: docOf(real, checker),
    code: declarations.map((each) => codeOf(each, checker)).join('\n'),
    speaksOf,
  };

  /** Finds the types of ours that a declaration names. */
  function visit(node: ts.Node): void {
    if (ts.isBlock(node) || isPrivate(node)) return;
    const reference = ts.isTypeReferenceNode(node)
      ? node.typeName
      : ts.isExpressionWithTypeArguments(node)
        ? node.expression
        : undefined;
    const named = reference && checker.getSymbolAtLocation(reference);
    if (named) {
      const target = named.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(named) : named;
      const [declaration] = target.declarations ?? [];
      const isParameter = (target.flags & ts.SymbolFlags.TypeParameter) !== 0;
      const isOurs = declaration?.getSourceFile().fileName.startsWith(`${ROOT}src/`) === true;
      if (isOurs && !isParameter) speaksOf.set(target.name, target);
    }
    ts.forEachChild(node, visit);
  }
}

function docOf(symbol: ts.Symbol, checker: ts.TypeChecker): string[] {
  const text = ts.displayPartsToString(symbol.getDocumentationComment(checker)).replace(/\{@link (\w+)\}/g, '`$1`');
  if (text === '') throw new Error(`${symbol.name} is exported and has no doc comment`);
  const tags = new Map(
    symbol.getJsDocTags(checker).map((tag) => [`${tag.name} ${ts.displayPartsToString(tag.text)}`, tag]),
  );
  const lines = [...tags.values()].map(({ name, text: parts }) => {
    const words = ts.displayPartsToString(parts).replace(/\s*\n\s*/g, ' ');
    const [, subject = '', rest = ''] = name === 'param' ? (/^(\S+)\s*(?:- )?(.*)$/s.exec(words) ?? []) : [];
    return name === 'param' ? `- \`${subject}\`: ${rest}` : `- ${name}: ${words}`;
  });
  return [text, ...(lines.length > 0 ? ['', ...lines] : [])];
}

/** A declaration without what is behind it: bodies, and what is private. */
function codeOf(node: ts.Declaration, checker: ts.TypeChecker): string {
  const source = node.getSourceFile();
  const text = (of: ts.Node) => source.text.slice(of.getStart(source), of.end).replace(/^export (?:default )?/, '');
  if (ts.isTypeAliasDeclaration(node) && /\btypeof\b/.test(text(node))) {
    return `type ${node.name.text} = ${checker.typeToString(checker.getTypeAtLocation(node), undefined, ts.TypeFormatFlags.InTypeAlias)};`;
  }
  if (ts.isFunctionDeclaration(node)) return withoutBody(node, node.body);
  if (!ts.isClassDeclaration(node)) return text(node);
  const head = source.text.slice(node.getStart(source), node.members.pos).replace(/^export /, '');
  const members = node.members
    .filter((each) => !isPrivate(each))
    .map((each) => `  ${withoutBody(each, bodyOf(each), true)}`);
  return `${head}\n${members.join('\n')}\n}`;

  function withoutBody(of: ts.Node, body: ts.Node | undefined, withDoc = false): string {
    const whole = source.text
      .slice(of.getStart(source, withDoc), body?.pos ?? of.end)
      .trim()
      .replace(/^export /, '');
    const told = whole.replaceAll('private readonly ', ''); // of a constructor's parameter
    return told.endsWith(';') ? told : `${told};`;
  }
}

function bodyOf(member: ts.ClassElement): ts.Node | undefined {
  return ts.isMethodDeclaration(member) || ts.isConstructorDeclaration(member) ? member.body : undefined;
}

function isPrivate(node: ts.Node): boolean {
  return (
    ts.canHaveModifiers(node) &&
    ts.isClassElement(node) &&
    (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword)
  );
}
