from concurrent.futures import ThreadPoolExecutor, as_completed


def count_primes(limit):
    return sum(all(n % d for d in range(2, n)) for n in range(2, limit))


with ThreadPoolExecutor(max_workers=2) as executor:
    futures = [executor.submit(count_primes, limit) for limit in [10, 100, 1000]]
    total = 0
    for future in as_completed(futures):
        total += future.result()
    print(total)
