from concurrent.futures import ThreadPoolExecutor
from threading import local

own = local()


def set_greeting(value):
    own.greeting = value


def greet(name):
    return f"{own.greeting} {name}"


with ThreadPoolExecutor(2, initializer=set_greeting, initargs=["Hello"]) as executor:
    print(executor.submit(greet, "Anna").result())
