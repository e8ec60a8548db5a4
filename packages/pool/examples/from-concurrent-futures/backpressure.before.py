from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore


def count_primes(limit):
    return sum(all(n % d for d in range(2, n)) for n in range(2, limit))


slots = BoundedSemaphore(4)
with ThreadPoolExecutor(max_workers=2) as executor:
    futures = []
    for limit in range(100):
        slots.acquire()
        future = executor.submit(count_primes, limit)
        future.add_done_callback(lambda _: slots.release())
        futures.append(future)
    print(sum(future.result() for future in futures))
