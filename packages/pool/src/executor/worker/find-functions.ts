type Functions = Map<string, (...args: unknown[]) => unknown>;

/**
 * The functions that a module exports, by name. A CommonJS module's are the properties of its default export. What throws
 * when it is looked at is no task: a getter, say, that works only once something is connected.
 */
export function findFunctions(namespace: Record<string, unknown>): Functions {
  const functions: Functions = new Map();
  const byDefault = namespace['default'];
  if (typeof byDefault === 'object' && byDefault !== null)
    add(functions, byDefault as Record<string, unknown>);
  add(functions, namespace);
  return functions;
}

function add(functions: Functions, from: Record<string, unknown>): void {
  for (const name of namesIn(from)) {
    try {
      const value = from[name];
      if (typeof value === 'function') functions.set(name, value as (...args: unknown[]) => unknown);
    } catch {}
  }
}

/** None of a proxy that does not tell. */
function namesIn(from: object): string[] {
  try {
    return Object.keys(from);
  } catch {
    return [];
  }
}
