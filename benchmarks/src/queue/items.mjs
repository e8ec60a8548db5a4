/** What is sent: fresh values, as a program would make them. */
export const makers = {
  int: (i) => i,
  tuple: (i) => [`https://i.imgur.com/abc${i % 1000}.png`, `images/${i % 1000}`],
  object: (i) => ({ id: i, name: `n${i % 100}`, ok: true, score: i / 3, tag: 'abc', next: null }),
  mebibyte: () => new Uint8Array(1 << 20),
};
