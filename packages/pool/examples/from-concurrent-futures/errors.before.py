from concurrent.futures import ThreadPoolExecutor


def factorial(n):
    if n < 0:
        raise ValueError(f"no factorial of {n}")
    return 1 if n < 2 else n * factorial(n - 1)


with ThreadPoolExecutor(max_workers=2) as executor:
    future = executor.submit(factorial, -1)
    try:
        future.result()
    except ValueError as error:
        print(error)
