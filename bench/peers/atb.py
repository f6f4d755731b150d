"""ATB, the adaptive token bucket of "Rethinking HTTP API Rate Limiting" (arXiv 2510.04516), written anew from the paper and its authors' published
constants (bucket 4, one token and 4 requests a minute at first; a success raises the rate by a fifth, at least by 0.01/s; a refusal or 5xx halves it,
at least 0.01/s, and empties the bucket; a broken connection waits 1 s). First in, first out; what failed goes first again.
The authors send one request at a time. Pictures take so long that this alone would bound the rate, so here exchanges overlap; a 400 is final."""
import asyncio, collections
import httpx
from _common import PARTIAL, now
from _http import client, post
SIZE, FIRST, UP, LEAST, BACK = 4.0, 4 / 60, 1.2, 0.01, 1.0
AGAIN = (408, 425, 429, 500, 502, 503, 504)


class Bucket:
    def __init__(self):
        self.tokens, self.rate, self.at = 1.0, FIRST, now()

    def wait(self):
        t = now()
        self.tokens, self.at = min(SIZE, self.tokens + (t - self.at) * self.rate), t
        return 0.0 if self.tokens >= 1.0 - 1e-9 else (1.0 - self.tokens) / self.rate

    def up(self):
        self.wait()
        self.rate = max(self.rate + LEAST, self.rate * UP)

    def down(self):
        self.wait()
        self.rate, self.tokens = max(LEAST, self.rate / 2), 0.0


async def run(base_url, jobs):
    bucket, line, results, changed = Bucket(), collections.deque(), [], asyncio.Event()

    def end(j, error=None):
        PARTIAL[j["id"]] = r = {"id": j["id"], "ok": error is None, "error": error, "t_done": now()}
        results.append(r)
        changed.set()

    async def arrive(j):
        await asyncio.sleep(max(0.0, j["submit_at"] - now()))
        line.append(j)
        changed.set()

    async def exchange(c, j):
        try:
            await post(c, j)
        except httpx.HTTPStatusError as e:
            if e.response.status_code not in AGAIN:
                return end(j, str(e.response.status_code))
            bucket.down()
        except httpx.TransportError:
            await asyncio.sleep(BACK)
        else:
            bucket.up()
            return end(j)
        line.appendleft(j)
        changed.set()

    async with client(base_url) as c:
        tasks = [asyncio.create_task(arrive(j)) for j in jobs]
        while len(results) < len(jobs):
            while line and now() > line[0]["submit_at"] + line[0]["deadline_s"]:
                end(line.popleft(), "late")
            wait = bucket.wait() if line else None
            if line and wait <= 1e-6:
                bucket.tokens -= 1.0
                tasks.append(asyncio.create_task(exchange(c, line.popleft())))
                continue
            changed.clear()
            try:
                await asyncio.wait_for(changed.wait(), None if wait is None else max(wait, 0.001))
            except TimeoutError:
                pass
        await asyncio.gather(*tasks)
    return results
