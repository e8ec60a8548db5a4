from queue import Queue
from threading import Thread


class Squarer(Thread):
    def __init__(self, numbers, squares):
        super().__init__(daemon=True)
        self.numbers = numbers
        self.squares = squares

    def run(self):
        while True:
            n = self.numbers.get()
            self.squares.put(n * n)
            self.numbers.task_done()


numbers = Queue(maxsize=10)
squares = Queue()
for _ in range(4):
    Squarer(numbers, squares).start()
for n in range(100):
    numbers.put(n)
numbers.join()
print(sum(squares.get() for _ in range(100)))
