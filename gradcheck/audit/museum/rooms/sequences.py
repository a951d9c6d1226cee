"""Sequences: attention, recurrence, Fourier transforms."""

import numpy as np
from hypothesis import strategies as st

import gradcheck as gc
from gradcheck.audit.museum.exhibits import bug


def attention_of(q, k, v, visible):
    """Scaled dot-product attention, and its weights; zeros where no key is visible."""
    scores = q @ k.T / np.sqrt(q.shape[1])
    peak = scores.max(axis=1, keepdims=True, where=visible, initial=-np.inf)
    e = np.exp(scores - peak, out=np.zeros_like(scores), where=visible)
    total = e.sum(axis=1, keepdims=True)
    p = e / np.where(total == 0, 1, total)
    return p @ v, p


def attention_gradient(g, q, k, v, p):
    dp = g @ v.T
    ds = p * (dp - (dp * p).sum(axis=1, keepdims=True)) / np.sqrt(q.shape[1])
    return ds @ k, ds.T @ q, p.T @ g


@bug(
    "R89",
    "Lines the causal mask up with the first key, while the forward lines it up with the last.",
    cited=("xlite-dev/ffpa-attn#300",),
    exposed_by="causal attention with fewer queries than keys, or more",
    op=gc.op(
        "(m,d),(n,d),(n,c)->(m,c)",
        dims={"n": gc.size(min=1), "d": gc.size(min=1), "c": gc.size(min=1)},
        params={"causal": st.booleans()},
    ),
)
def attention(q, k, v, causal=False):
    """Attention; if causal, the last query sees all keys and each one before it one less."""
    mask = np.tri(len(q), len(k), len(k) - len(q), dtype=bool)
    return attention_of(q, k, v, mask | (not causal))[0]


@attention.wrong.vjp
def _(g, q, k, v, causal):
    mask = np.tri(len(q), len(k), dtype=bool)
    return attention_gradient(g, q, k, v, attention_of(q, k, v, mask | (not causal))[1])


@attention.right.vjp
def _(g, q, k, v, causal):
    mask = np.tri(len(q), len(k), len(k) - len(q), dtype=bool)
    return attention_gradient(g, q, k, v, attention_of(q, k, v, mask | (not causal))[1])


def states_of(start, w, steps):
    """All states of a recurrence, the first one too."""
    states = [start]
    for _ in range(steps):
        states.append(np.tanh(w @ states[-1]))
    return states


@bug(
    "R91",
    "Multiplies the Jacobians of the steps in the order of time, not backwards.",
    cited=("elixir-nx/axon#646",),
    exposed_by="two steps or more; numbers commute, matrices do not",
    # A state is a tanh; with each step the gradient grows by a factor of W.
    op=gc.op(
        "(h),(h,h)->(h)",
        domains={"start": gc.real(-1, 1), "w": gc.real(-10, 10)},
        params={"steps": st.integers(1, 4)},
    ),
)
def recurrence(start, w, steps):
    """A state after some steps of h ← tanh(W h)."""
    return states_of(start, w, steps)[-1]


@recurrence.wrong.vjp
def _(g, start, w, steps):
    states, dw = states_of(start, w, steps), np.zeros_like(w)
    for t in range(steps):
        inner = g * (1 - states[t + 1] ** 2)
        dw += np.outer(inner, states[t])
        g = w.T @ inner
    return g, dw


@recurrence.right.vjp
def _(g, start, w, steps):
    states, dw = states_of(start, w, steps), np.zeros_like(w)
    for t in reversed(range(steps)):
        inner = g * (1 - states[t + 1] ** 2)
        dw += np.outer(inner, states[t])
        g = w.T @ inner
    return g, dw


@bug(
    "R101",
    "Takes the last bin for the Nyquist frequency, which only an even length has.",
    cited=("ooples/AiDotNet.Tensors#911", "locuslab/pytorch_fft#38"),
    exposed_by="an odd length",
    op=gc.op("(n)->(k),(k)", dims={"n": gc.size(min=1)}),
)
def rfft(x):
    """Real and imaginary part of the Fourier transform of a real signal."""
    y = np.fft.rfft(x)
    return y.real.copy(), y.imag.copy()


@rfft.wrong.vjp
def _(g, x):
    y = g[0] + 1j * g[1]
    y[1:-1] /= 2  # the bins that irfft counts twice
    return np.fft.irfft(y, len(x)) * len(x)


@rfft.right.vjp
def _(g, x):
    y = g[0] + 1j * g[1]
    y[1 : (len(x) + 1) // 2] /= 2  # the bins that irfft counts twice
    return np.fft.irfft(y, len(x)) * len(x)
