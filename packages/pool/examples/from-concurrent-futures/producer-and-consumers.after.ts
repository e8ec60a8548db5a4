import { Queue } from '@pkg/queue';
import { Squarer } from './squarer.js';

const numbers = new Queue<number>(10);
const squares = new Queue<number>();
for (let i = 0; i < 4; i++) new Squarer(numbers, squares).start();
for (let n = 0; n < 100; n++) numbers.put(n);
numbers.join();
let sum = 0;
for (let i = 0; i < 100; i++) sum += squares.get();
console.log(sum);
