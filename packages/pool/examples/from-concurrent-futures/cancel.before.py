from concurrent.futures import ThreadPoolExecutor
from threading import Event


def hold(begun, gate):
    begun.set()
    gate.wait()


begun, gate = Event(), Event()
with ThreadPoolExecutor(max_workers=1) as executor:
    running = executor.submit(hold, begun, gate)
    waiting = executor.submit(pow, 2, 10)
    begun.wait()
    waiting.cancel()
    if waiting.cancelled():
        print("cancelled")
    gate.set()
    running.result()
