/** The functions that a module exports, by name. A CommonJS module's are the properties of its default export. */
export function findFunctions(
  namespace: Record<string, unknown>,
): Map<string, (...args: unknown[]) => unknown> {
  const functions = new Map<string, (...args: unknown[]) => unknown>();
  const byDefault = namespace['default'];
  if (typeof byDefault === 'object' && byDefault !== null)
    add(functions, byDefault as Record<string, unknown>);
  add(functions, namespace);
  return functions;
}

function add(functions: Map<string, (...args: unknown[]) => unknown>, from: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(from)) {
    if (typeof value === 'function') functions.set(name, value as (...args: unknown[]) => unknown);
  }
}
