/**
 * Source text for `new Worker(text, { eval: true })` that imports the module at `url`.
 *
 * Compiled JavaScript and a Node that strips types by itself need nothing more. In a Node without that, a
 * worker does not load `.ts` even when the program runs under tsx, unless the worker registers tsx itself.
 */
export function importInWorker(url: string): string {
  const load = `import(${JSON.stringify(url)})`;
  if (!url.endsWith('.ts') || 'typescript' in process.features) return load;
  const tsx = import.meta.resolve('tsx/esm/api');
  return `import(${JSON.stringify(tsx)}).then((tsx) => { tsx.register(); return ${load}; })`;
}
