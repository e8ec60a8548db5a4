from concurrent.futures import ThreadPoolExecutor, TimeoutError
from threading import Event


def hold(begun, gate):
    begun.set()
    gate.wait()


gate = Event()
with ThreadPoolExecutor(max_workers=1) as executor:
    future = executor.submit(hold, Event(), gate)
    try:
        future.result(timeout=0.05)
    except TimeoutError:
        print("not done in time")
    gate.set()
