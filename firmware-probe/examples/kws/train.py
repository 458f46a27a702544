#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes kws_weights.h: python3 train.py > kws_weights.h (needs numpy; the same file every time).

The convolutions are random and stay so; only the dense layer is learned, in closed form (ridge regression on the
integer activations). That is enough to tell a rising chirp, the "keyword", from a falling one, a tone and noise.
"""
import numpy

RATE_HZ = 8e6 / 64 / 13
FRAMES = BANDS = 8
CHANNELS = [8, 4]
FRAME = 64
BINS = [3, 4, 6, 8, 10, 12, 14, 16]
CLASSES = ["keyword", "falling", "tone", "noise"]
SHIFTS = [6, 8]
BIAS_UNIT = 256


def sound(kind, rng):
    """As many samples as the frames need, in steps of the converter."""
    t = numpy.arange(FRAMES * FRAME) / RATE_HZ
    low, high = rng.uniform(400, 700), rng.uniform(1700, 2300)
    if kind == "noise":
        wave = rng.normal(0, 0.5, t.size)
    else:
        begin, end = {"keyword": (low, high), "falling": (high, low), "tone": 2 * (rng.uniform(400, 2400),)}[kind]
        wave = numpy.sin(2 * numpy.pi * (begin * t + (end - begin) / 2 * t * t / t[-1]) + rng.uniform(0, 6.28))
    loud = 10 ** rng.uniform(1.3, 2.05)
    return numpy.clip(numpy.round(loud * wave + rng.normal(0, 1.5, t.size)), -128, 127)


def features(samples):
    spectrum = numpy.fft.fft(samples.reshape(FRAMES, FRAME), axis=1)[:, BINS]
    power = numpy.maximum(numpy.abs(spectrum) ** 2, 1)
    quarters = numpy.floor(4 * numpy.log2(power))
    return numpy.maximum(quarters - quarters.max(), -64).astype(int) + 32


def convolve(maps, kernels, shift):
    """maps: [rows, columns, inputs], kernels: [outputs, 3, 3, inputs]."""
    padded = numpy.pad(maps, ((1, 1), (1, 1), (0, 0)))
    windows = numpy.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(0, 1))
    return numpy.clip(numpy.einsum("yxiab,oabi->yxo", windows, kernels) >> shift, 0, 127)


def activations(samples, kernels):
    maps = features(samples)[:, :, None]
    for kernel, shift in zip(kernels, SHIFTS):
        maps = convolve(maps, kernel, shift)
    return maps.ravel()


def examples(count, kernels, rng):
    kinds = rng.integers(0, len(CLASSES), count)
    return numpy.array([activations(sound(CLASSES[kind], rng), kernels) for kind in kinds]), kinds


def train(inputs, kinds):
    mean = inputs.mean(axis=0)
    wanted = numpy.where(kinds[:, None] == numpy.arange(len(CLASSES)), 1.0, -1.0)
    centred = inputs - mean
    gram = centred.T @ centred + 3e4 * numpy.eye(inputs.shape[1])
    weights = numpy.linalg.solve(gram, centred.T @ (wanted - wanted.mean(axis=0)))
    scale = 127 / numpy.abs(weights).max()
    bias = (wanted.mean(axis=0) - mean @ weights) * scale / BIAS_UNIT
    return numpy.round(weights * scale).astype(int).T, numpy.round(bias).astype(int)


def print_table(ctype, name, values):
    print(f"static const {ctype} {name}[{values.size}] KWS_CONSTANT = {{")
    flat = [str(value) for value in values.ravel()]
    for at in range(0, len(flat), 20):
        print("    " + ", ".join(flat[at:at + 20]) + ",")
    print("};\n")


def main():
    rng = numpy.random.default_rng(1958)
    kernels = [rng.integers(-32, 33, (out, 3, 3, into)) for into, out in zip([1] + CHANNELS, CHANNELS)]
    weights, bias = train(*examples(4000, kernels, rng))
    inputs, kinds = examples(2000, kernels, rng)
    right = numpy.mean(numpy.argmax(inputs @ weights.T + bias * BIAS_UNIT, axis=1) == kinds)
    print("/* SPDX-License-Identifier: Apache-2.0 */")
    print(f"/* Made by train.py: {100 * right:.1f} % of 2000 sounds that were not learned from come out right. */")
    print("/* clang-format off */")
    print(f"#define KWS_SHIFT_1 {SHIFTS[0]}\n#define KWS_SHIFT_2 {SHIFTS[1]}\n#define KWS_DENSE_BIAS_UNIT {BIAS_UNIT}\n")
    print_table("int8_t", "kws_kernels_1", kernels[0])
    print_table("int8_t", "kws_kernels_2", kernels[1])
    print_table("int8_t", "kws_dense", weights)
    print_table("int16_t", "kws_dense_bias", bias)


if __name__ == "__main__":
    main()
