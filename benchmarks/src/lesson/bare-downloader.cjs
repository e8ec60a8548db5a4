// A worker with nothing in it but Node's own modules: takes links by a counter, and writes the images that they lead to.
const { writeFileSync } = require('node:fs');
const { get } = require('node:http');
const { basename, join } = require('node:path');
const { workerData } = require('node:worker_threads');

const { links, directory, words, TAKEN, DONE } = workerData;

function takeOne() {
  const link = links[Atomics.add(words, TAKEN, 1)];
  if (link === undefined) return;
  get(link, (response) => {
    const chunks = [];
    response.on('data', (chunk) => chunks.push(chunk));
    response.on('end', () => {
      writeFileSync(join(directory, basename(link)), Buffer.concat(chunks));
      Atomics.add(words, DONE, 1);
      Atomics.notify(words, DONE);
      takeOne();
    });
  });
}

takeOne();
