from concurrent.futures import CancelledError, ThreadPoolExecutor
from threading import Event


def hold(begun, gate):
    begun.set()
    gate.wait()


begun, gate = Event(), Event()
executor = ThreadPoolExecutor(max_workers=1)
futures = [executor.submit(hold, begun, gate) for _ in range(3)]
begun.wait()
executor.shutdown(wait=False, cancel_futures=True)
gate.set()
for future in futures:
    try:
        future.result()
        print("done")
    except CancelledError:
        print("cancelled")
