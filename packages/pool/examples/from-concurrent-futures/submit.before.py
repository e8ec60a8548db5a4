from concurrent.futures import ThreadPoolExecutor


def count_primes(limit):
    return sum(all(n % d for d in range(2, n)) for n in range(2, limit))


with ThreadPoolExecutor(max_workers=2) as executor:
    future = executor.submit(count_primes, 100)
    print(future.result())
