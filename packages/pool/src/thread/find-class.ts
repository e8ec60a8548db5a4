/** What the thread needs of a Thread class. */
export type RunnableClass = (abstract new (
  ...args: never[]
) => { run(): unknown }) & { readonly name: string };

const isRunnable = (value: unknown): value is RunnableClass =>
  typeof value === 'function' &&
  typeof (value as { prototype?: { run?: unknown } }).prototype?.run === 'function';

/** What engines and compilers call `export default class extends … {}`. */
const isAnonymous = (className: string): boolean =>
  /^(|default|__vite_ssr_export_default__)$/.test(className);

/**
 * Finds the class called `className` among the exports of its module: exported under its name, as the
 * default, or under another name.
 */
export function findClass(namespace: Record<string, unknown>, className: string): RunnableClass | undefined {
  const byName = namespace[className];
  if (isRunnable(byName)) return byName;
  const byDefault = namespace['default'];
  if (isRunnable(byDefault) && (byDefault.name === className || isAnonymous(className))) return byDefault;
  for (const each of Object.values(namespace)) if (isRunnable(each) && each.name === className) return each;
  // A CommonJS module: its exports are the properties of the default one.
  if (typeof byDefault === 'object' && byDefault !== null && byDefault !== namespace) {
    return findClass(byDefault as Record<string, unknown>, className);
  }
  return undefined;
}
