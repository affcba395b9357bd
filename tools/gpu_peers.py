#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The work of the device benchmarks, done by PyTorch: prints {"program/benchmark": milliseconds} as JSON.

tools/gpu-check calls it; keys are names of benchmarks and times those of one of their iterations. Every work is timed
eagerly and, where torch.compile works, compiled; the faster counts. With --cpu it runs, slowly, without a GPU, to
see that it runs at all.
"""
import json
import sys

import torch
from torch.nn import functional

CPU = "--cpu" in sys.argv
PLACE = "cpu" if CPU else "cuda"
SHRINK = 64 if CPU else 1  # nobody waits for the whole work on a CPU


def milliseconds(work, repeats=20):
    """The median time of a call, after a few to warm up."""
    import statistics
    import time

    for _ in range(3):
        work()
    times = []
    for _ in range(2 if CPU else repeats):
        if CPU:
            start = time.perf_counter()
            work()
            times.append(1e3 * (time.perf_counter() - start))
        else:
            begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            torch.cuda.synchronize()
            begin.record()
            work()
            end.record()
            torch.cuda.synchronize()
            times.append(begin.elapsed_time(end))
    return statistics.median(times)


def best_of(function, call):
    """The time of call(f) with f the function as it is or compiled, whichever is faster."""
    best = milliseconds(lambda: call(function))
    if hasattr(torch, "compile") and not CPU:
        try:
            compiled = torch.compile(function)
            best = min(best, milliseconds(lambda: call(compiled)))
        except Exception as failure:  # what the compiler does not know stays eager
            print(f"torch.compile: {failure}", file=sys.stderr)
    return best


def ensemble(found):
    """20 heads of 2048-128-128-1 as batched products: scores, and 5 Adam steps on 128 pairs."""
    members, inputs, width = 20, 2048, 128

    def scores(x, w1, b1, w2, b2, w3):
        first = torch.relu(torch.baddbmm(b1, x.expand(members, -1, -1), w1))
        second = torch.relu(torch.baddbmm(b2, first, w2))
        return torch.bmm(second, w3).squeeze(-1)

    def parameters(kind):
        shapes = [(inputs, width), (1, width), (width, width), (1, width), (width, 1)]
        return [(0.03 * torch.randn(members, *shape, device=PLACE)).to(kind) for shape in shapes]

    for code, kind, short in ((0, torch.float32, False), (1, torch.float32, True), (2, torch.bfloat16, False)):
        if CPU and code != 0:
            continue
        torch.backends.cuda.matmul.allow_tf32 = short
        weights = parameters(kind)
        for rows in (640, 16384):
            x = torch.randn(1, rows // SHRINK, inputs, device=PLACE, dtype=kind)
            with torch.no_grad():
                found[f"device_ensemble/score/{rows}/{code}"] = best_of(scores, lambda f: f(x, *weights))
    torch.backends.cuda.matmul.allow_tf32 = False

    weights = [w.requires_grad_() for w in parameters(torch.float32)]
    start = [w.detach().clone() for w in weights]
    pairs = torch.randn(2, 5, 1, 128, inputs, device=PLACE)
    adam = torch.optim.Adam(weights, lr=1e-3)

    def loss(f, step):
        margin = f(pairs[0, step], *weights) - f(pairs[1, step], *weights)
        anchor = sum(((w - w0) ** 2).sum() for w, w0 in zip(weights, start))
        return functional.softplus(-margin).mean(1).sum() + 1e-3 * anchor

    def train(f):
        for step in range(5):
            adam.zero_grad(set_to_none=True)
            loss(f, step).backward()
            adam.step()

    found["device_ensemble/train/0"] = best_of(scores, train)


def tokens(found):
    """Log-probabilities of 512 given tokens of 32000, four blocks in turn, and the gradient in place of the logits."""
    rows, vocabulary = 512 // min(SHRINK, 8), 32000
    token = torch.randint(vocabulary, (rows, 1), device=PLACE)
    slope = torch.randn(rows, 1, device=PLACE)

    def log_probability(x):
        return torch.log_softmax(x.float(), -1).gather(1, token)

    def gradient(x):
        g = torch.softmax(x.float(), -1) * -slope
        return g.scatter_add(1, token, slope).to(x.dtype)

    for name, kind in (("float", torch.float32), ("bfloat16", torch.bfloat16)):
        blocks = [torch.randn(rows, vocabulary, device=PLACE).to(kind) for _ in range(4)]
        found[f"device_tokens/log_probability<{name}>"] = best_of(log_probability, lambda f: [f(x) for x in blocks])
        found[f"device_tokens/both<{name}>"] = best_of(
            lambda x: (log_probability(x), x.copy_(gradient(x))), lambda f: [f(x) for x in blocks])


def losses(found):
    """DPO's mean loss and slopes of 2^20 duels in double, four batches in turn."""
    count = (1 << 20) // SHRINK
    beta = 0.1

    def dpo(pair, outcome, weight):
        margin = (pair[:, 0] - pair[:, 2]) - (pair[:, 1] - pair[:, 3])
        share = weight / weight.sum()
        won, lost = share * outcome, share * (1.0 - outcome)
        value = (won * functional.softplus(-beta * margin) + lost * functional.softplus(beta * margin)).sum()
        slope = -beta * won * torch.sigmoid(-beta * margin) + beta * lost * torch.sigmoid(beta * margin)
        return value, torch.stack((slope, -slope), 1)

    batches = [(torch.randn(count, 6, device=PLACE, dtype=torch.float64),
                torch.randint(2, (count,), device=PLACE).double(),
                torch.ones(count, device=PLACE, dtype=torch.float64)) for _ in range(4)]
    found["device_losses/evaluate/dpo"] = best_of(dpo, lambda f: [f(*batch) for batch in batches])


def selection(found):
    """Two opinions' favourites in 4096 contexts of 20 candidates and 20 members, 256 MiB of rewards in turn."""
    contexts, candidates, members = 4096 // min(SHRINK, 16), 20, 20

    def thompson(rewards):
        who = torch.randint(members, (2, contexts, 1), device=PLACE).expand(-1, -1, candidates)
        return rewards.gather(0, who).argmax(-1)

    for name, kind, size in (("float", torch.float32, 4), ("double", torch.float64, 8)):
        sets = (256 << 20) // (contexts * candidates * members * size) if not CPU else 2
        rewards = [torch.rand(members, contexts, candidates, device=PLACE, dtype=kind) for _ in range(sets)]
        found[f"device_select/select/thompson/{name}"] = best_of(thompson, lambda f: [f(r) for r in rewards])


def main():
    if not CPU and not torch.cuda.is_available():
        sys.exit("PyTorch sees no GPU")
    found = {}
    for work in (ensemble, tokens, losses, selection):
        try:
            work(found)
        except Exception as failure:
            print(f"PyTorch, {work.__name__}: {failure}", file=sys.stderr)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
