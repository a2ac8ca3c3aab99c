"""Times PyTorch's training steps on the networks of workloads.ts, one JSON object per line:

    {"peer", "workload", "ms": median, "min_ms": least, "first_step_ms", "samples_per_s", "parameters", "first_loss"}
    {"peer", "workload": "gemm-256", "ms", "min_ms", "gflops"}

A step is forward pass, loss, backward pass, clipping, Adam's update, and the loss read back. float32.

    python bench/torch_steps.py [--threads N] [--compile] [--budget SECONDS] [workload ...]
    python bench/torch_steps.py --versions          PyTorch's version and libraries, without timing
    python bench/torch_steps.py --describe          "parameters" and "first_loss" of every network, without timing

--compile compiles the model with Inductor and uses the fused Adam. Exit status 3: this Python has no PyTorch; 4: another
failure, in one line on standard error.
"""

import argparse
import json
import os
import sys
import time

try:
    import torch
    import torch.nn.functional as F
    from torch import nn
except ImportError as error:
    print(f"{sys.executable} cannot import torch: {error}", file=sys.stderr)
    sys.exit(3)


def mlp(hidden, dropout, classes=10, features=784):
    layers, width = [], features
    for units in hidden:
        layers += [nn.Linear(width, units), nn.BatchNorm1d(units), nn.LeakyReLU(0.01)]
        layers += [nn.Dropout(dropout)] if dropout else []
        width = units
    return nn.Sequential(*layers, nn.Linear(width, classes))


def cnn():
    return nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Dropout(0.4), nn.Linear(64 * 49, 128), nn.ReLU(), nn.Linear(128, 10))  # fmt: skip


class ResidualBlock(nn.Module):
    """Two 3 x 3 convolutions beside a short way, which is a 1 x 1 convolution if the size changes."""

    def __init__(self, before, after, stride):
        super().__init__()
        self.conv1, self.norm1 = nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after)
        self.conv2, self.norm2 = nn.Conv2d(after, after, 3, 1, 1, bias=False), nn.BatchNorm2d(after)
        same = stride == 1 and before == after
        self.short = None if same else nn.Sequential(nn.Conv2d(before, after, 1, stride, bias=False), nn.BatchNorm2d(after))

    def forward(self, x):
        y = self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x)))))
        return F.relu(y + (x if self.short is None else self.short(x)))


def resnet20():
    blocks, channels = [], 16
    for stage, filters in enumerate((16, 32, 64)):
        for block in range(3):
            blocks.append(ResidualBlock(channels, filters, 2 if stage > 0 and block == 0 else 1))
            channels = filters
    return nn.Sequential(
        nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(),
        *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))  # fmt: skip


class LastStep(nn.Module):
    """A recurrent layer whose last step a linear layer reads."""

    def __init__(self, recurrent, units=128, classes=10):
        super().__init__()
        self.recurrent, self.head = recurrent, nn.Linear(units, classes)

    def forward(self, x):
        return self.head(self.recurrent(x)[0][:, -1])


def normalised(before, after, groups=1, kernel=3, stride=1):
    return [nn.Conv2d(before, after, kernel, stride, kernel // 2, groups=groups), nn.BatchNorm2d(after), nn.ReLU()]


def separable(before, after, stride):
    return normalised(before, before, before, 3, stride) + normalised(before, after, 1, 1)


def ending(channels):
    return [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10)]


def vgg():
    return nn.Sequential(
        *normalised(3, 96), *normalised(96, 96), nn.MaxPool2d(2),
        *normalised(96, 192), *normalised(192, 192), nn.MaxPool2d(2),
        *normalised(192, 192), *ending(192))  # fmt: skip


def mobile():
    return nn.Sequential(
        *normalised(3, 24), *separable(24, 48, 1), *separable(48, 96, 2), *separable(96, 96, 1),
        *separable(96, 192, 2), *separable(192, 192, 1), *ending(192))  # fmt: skip


class TransformerBlock(nn.Module):
    """Pre-norm and causal."""

    def __init__(self, units, heads):
        super().__init__()
        self.heads, self.norm1, self.norm2 = heads, nn.LayerNorm(units), nn.LayerNorm(units)
        self.projections, self.out = nn.Linear(units, 3 * units), nn.Linear(units, units)
        self.mlp = nn.Sequential(nn.Linear(units, 4 * units), nn.GELU(), nn.Linear(4 * units, units))

    def forward(self, x):
        batch, steps, units = x.shape
        parted = self.projections(self.norm1(x)).view(batch, steps, 3, self.heads, units // self.heads)
        q, k, v = parted.permute(2, 0, 3, 1, 4)
        attended = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(attended.transpose(1, 2).reshape(batch, steps, units))
        return x + self.mlp(self.norm2(x))


class Transformer(nn.Module):
    def __init__(self, vocabulary=96, length=64, units=192, heads=6, blocks=6):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, units)
        nn.init.normal_(self.tokens.weight, std=0.02)
        self.places = nn.Parameter(torch.randn(length, units) * 0.02)
        self.blocks = nn.Sequential(*[TransformerBlock(units, heads) for _ in range(blocks)])
        self.norm, self.head = nn.LayerNorm(units), nn.Linear(units, vocabulary)

    def forward(self, x):
        return self.head(self.norm(self.blocks(self.tokens(x) + self.places)))


def rectified(features, *widths):
    """Linear layers with ReLU between them."""
    layers = []
    for width in widths:
        layers += [nn.Linear(features, width), nn.ReLU()]
        features = width
    return nn.Sequential(*layers[:-1])


BATCH = 128
SYMBOLS = 96
NETWORKS = {  # name: (network, shape of its inputs, largest global norm of the gradients or None)
    "mlp-4x512": (lambda: mlp([512] * 4, 0.3), (BATCH, 784), None),
    "mlp-20x100": (lambda: mlp([100] * 20, 0.0), (BATCH, 784), 1.0),
    "mlp-3x2048": (lambda: mlp([2048] * 3, 0.5), (BATCH, 784), None),
    "cnn-32-64": (cnn, (BATCH, 1, 28, 28), None),
    "lstm-128": (lambda: LastStep(nn.LSTM(28, 128, batch_first=True)), (BATCH, 28, 28), 1.0),
    "resnet20": (resnet20, (BATCH, 3, 32, 32), None),
    "vgg-96": (vgg, (32, 3, 32, 32), None),
    "mobile-24": (mobile, (32, 3, 32, 32), None),
    "gru-128x200": (lambda: LastStep(nn.GRU(32, 128, batch_first=True)), (32, 200, 32), 1.0),
    "gpt-192": (Transformer, (16, 64), 1.0),
    "autoencoder-1024": (lambda: rectified(1024, 512, 128, 512, 1024), (BATCH, 1024), None),
    "tabular-128": (lambda: rectified(20, 128, 128, 1), (64, 20), None),
}
PRODUCTS = {f"gemm-{size}": size for size in (127, 256, 512, 1024, 2048)}


def uniform(*shape):
    """Numbers between -1.7 and 1.7, as those of workloads.ts: their deviation is about 1."""
    return torch.rand(*shape) * 3.4 - 1.7


def samples_of(name, shape):
    """Inputs, targets, and the loss that joins them."""
    if name == "gpt-192":
        symbols = torch.randint(0, SYMBOLS, shape)
        return symbols, torch.randint(0, SYMBOLS, shape), lambda y, t: F.cross_entropy(y.flatten(0, 1), t.flatten())
    x = uniform(*shape)
    if name == "autoencoder-1024":
        return x, x, F.mse_loss
    if name == "tabular-128":
        return x, uniform(shape[0], 1), F.mse_loss
    return x, torch.randint(0, 10, (shape[0],)), F.cross_entropy


def timed(run):
    start = time.perf_counter()
    run()
    return (time.perf_counter() - start) * 1e3


def times_of(run, budget, least=7, most=200, settled=0.5, warm=3):
    """Median and least milliseconds of a run, after a few that do not count: the rule of timing.ts."""
    for _ in range(warm):
        run()
    times, start = [], time.perf_counter()

    def is_enough(elapsed):
        return elapsed >= budget or (len(times) >= most and elapsed >= settled)

    while len(times) < least or not is_enough(time.perf_counter() - start):
        times.append(timed(run))
    times.sort()
    return {"ms": times[len(times) // 2], "min_ms": times[0]}


def product(size, budget):
    # into an array that exists, as ours does
    x, y, out = uniform(size, size), uniform(size, size), torch.empty(size, size)
    times = times_of(lambda: torch.mm(x, y, out=out), min(budget, 2.0))
    return {**times, "gflops": 2 * size**3 / times["ms"] / 1e6}


def prepare(name, is_compiled):
    """A training step that returns its loss, and the network."""
    make, shape, clip = NETWORKS[name]
    model = make()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, **({"fused": True} if is_compiled else {}))
    run = torch.compile(model) if is_compiled else model
    x, target, loss = samples_of(name, shape)

    def step():
        optimizer.zero_grad(set_to_none=True)
        value = loss(run(x), target)
        value.backward()
        if clip is not None:
            nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimizer.step()
        return value.item()

    return step, model


def facts_of(model, first_loss):
    return {"parameters": sum(each.numel() for each in model.parameters()), "first_loss": first_loss}


def training(name, is_compiled, budget):
    step, model = prepare(name, is_compiled)
    start = time.perf_counter()
    first_loss = step()
    first = (time.perf_counter() - start) * 1e3
    times = times_of(step, budget)
    if step() == first_loss:
        raise RuntimeError(f"{name}: the loss did not change, so the network does not train")
    batch = NETWORKS[name][1][0]
    return {**times, "first_step_ms": first, "samples_per_s": batch / times["ms"] * 1e3, **facts_of(model, first_loss)}


def emit(line):
    print(json.dumps(line), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--budget", type=float, default=6.0)
    parser.add_argument("--versions", action="store_true")
    parser.add_argument("--describe", action="store_true")
    parser.add_argument("names", nargs="*")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    torch.manual_seed(0)
    if given.versions:
        libraries = [name for name, has in (("MKL", torch.backends.mkl), ("oneDNN", torch.backends.mkldnn)) if has.is_available()]
        vectors = torch.backends.cpu.get_cpu_capability()
        emit({"torch": torch.__version__, "python": sys.version.split()[0], "libraries": libraries, "vectors": vectors})
        return
    names = given.names or [*PRODUCTS, *NETWORKS]
    for name in names:
        if name not in PRODUCTS and name not in NETWORKS:
            raise ValueError(f"no workload {name}. Known: {', '.join([*PRODUCTS, *NETWORKS])}")
    peer = f"pytorch-{torch.__version__}{' compiled' if given.compile else ''} {given.threads} threads"
    for name in names:
        if given.describe:
            if name in NETWORKS:
                step, model = prepare(name, False)
                emit({"workload": name, **facts_of(model, step())})
        elif name in PRODUCTS:
            emit({"peer": peer, "workload": name, **product(PRODUCTS[name], given.budget)})
        else:
            emit({"peer": peer, "workload": name, **training(name, given.compile, given.budget)})


if __name__ == "__main__":
    try:
        main()
    except Exception as error:  # what fails is said in one line; the caller goes on with the other forms
        print(f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error).strip() else ''}", file=sys.stderr)
        sys.exit(4)
