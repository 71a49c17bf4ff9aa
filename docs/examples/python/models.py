"""
The Python side has the models: here one that tells the mood of a text. It serves a queue of jobs and a dict of results, and works on the jobs
itself. The program on the other side is models_in_use.ts, in TypeScript.

Python 这一边是“模型”：这里用一个判断文本情绪的小函数代替。它提供一个任务队列和一个结果字典，并自己处理任务。
另一边是 TypeScript 程序 models_in_use.ts。
"""
import os
import queue
import threading
from multiprocessing.managers import BaseManager, DictProxy

jobs = queue.Queue()
results = {}


class Models(BaseManager):
    pass


Models.register("jobs", lambda: jobs)
Models.register("results", lambda: results, DictProxy)

MOOD = {"love": 2, "good": 1, "bad": -1, "hate": -2}


def work():
    while True:
        text = jobs.get()
        results[text] = sum(MOOD.get(word, 0) for word in text.split())
        jobs.task_done()


if __name__ == "__main__":
    threading.Thread(target=work, daemon=True).start()
    address = ("127.0.0.1", int(os.environ.get("MODELS_PORT", "50000")))
    server = Models(address, os.environ["MODELS_KEY"].encode()).get_server()
    print("the models are at port", server.address[1], flush=True)
    server.serve_forever()
