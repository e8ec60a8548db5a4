import { fileURLToPath, readFileSync } from '../builtins.ts';

/**
 * Whether the text of the module at `url` plainly shows that it exports something called `className`. False also when
 * the text cannot be read or says it in a way that is not understood here: only the loaded module can tell then.
 *
 * Reads a file; runs nothing.
 */
export function hasPlainExport(url: string, className: string): boolean {
  if (!url.startsWith('file:') || !/^[\w$]+$/.test(className)) return false;
  let text: string;
  try {
    text = readFileSync(fileURLToPath(url), 'utf8');
  } catch {
    return false;
  }
  return exportsPlainly(text, className);
}

/** The same for a text. `className` is a plain identifier. */
export function exportsPlainly(text: string, className: string): boolean {
  const name = className.replaceAll('$', '\\$');
  const end = '(?![\\w$])';
  // What is commented out is no export. Cutting off more than the comment would only make the answer false.
  const code = text.replace(/\/\*[\s\S]*?(?:\*\/|$(?![\s\S]))|(?<![:\w"'`\\/])\/\/.*$/gm, ' ');
  return [
    `\\bexport\\s+(?:default\\s+)?(?:abstract\\s+)?class\\s+${name}${end}`,
    `\\bexport\\s+(?:const|let|var)\\s+${name}${end}`,
    `\\bexport\\s*\\{[^{}]*(?<![\\w$])(?<!\\btype\\s+)${name}${end}[^{}]*\\}`,
    `\\bexports\\.${name}\\s*=(?!=)`,
  ].some((pattern) => new RegExp(pattern).test(code));
}
