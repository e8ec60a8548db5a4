// To be imported first: lets Node 20, which does not strip types by itself, load TypeScript modules. In this thread
// only: what the measured threads load is JavaScript.
if (!process.features.typescript) {
  const { register } = await import('tsx/esm/api');
  register();
}
