"""Writes a tiny model for llama.cpp and Ollama: text.gguf (llama) and vision.gguf (clip, its projector).

The weights are random, always the same ones, 2 MB together: a server with them speaks the protocol of
the real thing, and its words mean nothing.

Usage: python tiny_gguf_models.py DIRECTORY          (needs the package gguf)
"""

import sys
from pathlib import Path

import gguf
import numpy as np

LAYERS = 2
HEADS = 2
WIDTH = 64
FEED_FORWARD_WIDTH = 128
IMAGE_SIDE = 56
PATCH_SIDE = 14
CONTEXT_LENGTH = 32768
# Most tokens are words, so that answers are mostly letters and digits.
WORDS = 2000

NORMAL_TOKEN = 1
CONTROL_TOKEN = 3

random = np.random.default_rng(0)


def noise(*shape):
    return (random.standard_normal(shape) * 0.1).astype(np.float32)


def ones(size):
    return np.ones(size, np.float32)


def zeros(size):
    return np.zeros(size, np.float32)


def layer_norm(name):
    return {f"{name}.weight": ones(WIDTH), f"{name}.bias": zeros(WIDTH)}


def linear(name, outputs, inputs):
    return {f"{name}.weight": noise(outputs, inputs), f"{name}.bias": zeros(outputs)}


def byte_letters():
    """GPT-2's letter for each of the 256 bytes."""
    printable = {*range(33, 127), *range(161, 173), *range(174, 256)}
    others = iter(range(256, 512))
    return [chr(byte) if byte in printable else chr(next(others)) for byte in range(256)]


def write_gguf(path, architecture, metadata, tensors):
    writer = gguf.GGUFWriter(path, architecture)
    add = {
        bool: writer.add_bool,
        int: writer.add_uint32,
        float: writer.add_float32,
        str: writer.add_string,
        list: writer.add_array,
    }
    for key, value in metadata.items():
        add[type(value)](key, value)
    for name, tensor in tensors.items():
        writer.add_tensor(name, tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_text_model(path):
    tokens = [*byte_letters(), "<|bos|>", "<|eos|>", *(f"w{number}" for number in range(WORDS))]
    # The end token is never likely: an answer ends when it is cut off, or when a test wants it to.
    output = noise(len(tokens), WIDTH) * 10
    output[tokens.index("<|eos|>")] = 0
    tensors = {
        "token_embd.weight": noise(len(tokens), WIDTH),
        "output.weight": output,
        "output_norm.weight": ones(WIDTH),
    }
    for layer in range(LAYERS):
        block = f"blk.{layer}"
        tensors |= {f"{block}.{name}.weight": ones(WIDTH) for name in ("attn_norm", "ffn_norm")}
        tensors |= {f"{block}.attn_{name}.weight": noise(WIDTH, WIDTH) for name in ("q", "k", "v", "output")}
        tensors |= {
            f"{block}.ffn_gate.weight": noise(FEED_FORWARD_WIDTH, WIDTH),
            f"{block}.ffn_up.weight": noise(FEED_FORWARD_WIDTH, WIDTH),
            f"{block}.ffn_down.weight": noise(WIDTH, FEED_FORWARD_WIDTH),
        }
    metadata = {
        "llama.context_length": CONTEXT_LENGTH,
        "llama.embedding_length": WIDTH,
        "llama.block_count": LAYERS,
        "llama.feed_forward_length": FEED_FORWARD_WIDTH,
        "llama.attention.head_count": HEADS,
        "llama.attention.head_count_kv": HEADS,
        "llama.attention.layer_norm_rms_epsilon": 1e-5,
        "llama.rope.dimension_count": WIDTH // HEADS,
        "llama.vocab_size": len(tokens),
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "gpt-2",
        # Without this key the model does not load.
        "tokenizer.ggml.merges": ["a b"],
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.token_type": [NORMAL_TOKEN] * 256 + [CONTROL_TOKEN] * 2 + [NORMAL_TOKEN] * WORDS,
        "tokenizer.ggml.bos_token_id": 256,
        "tokenizer.ggml.eos_token_id": 257,
        "tokenizer.ggml.add_bos_token": False,
    }
    write_gguf(path, "llama", metadata, tensors)


def write_vision_projector(path):
    patches = (IMAGE_SIDE // PATCH_SIDE) ** 2
    tensors = {
        "v.class_embd": noise(WIDTH),
        "v.patch_embd.weight": noise(WIDTH, 3, PATCH_SIDE, PATCH_SIDE),
        "v.position_embd.weight": noise(patches + 1, WIDTH),
    }
    for layer in range(LAYERS):
        block = f"v.blk.{layer}"
        for name in ("q", "k", "v", "out"):
            tensors |= linear(f"{block}.attn_{name}", WIDTH, WIDTH)
        tensors |= layer_norm(f"{block}.ln1") | layer_norm(f"{block}.ln2")
        tensors |= linear(f"{block}.ffn_up", FEED_FORWARD_WIDTH, WIDTH)
        tensors |= linear(f"{block}.ffn_down", WIDTH, FEED_FORWARD_WIDTH)
    tensors |= layer_norm("v.pre_ln") | layer_norm("v.post_ln")
    tensors |= linear("mm.0", WIDTH, WIDTH) | linear("mm.2", WIDTH, WIDTH)
    metadata = {
        "clip.has_vision_encoder": True,
        "clip.has_llava_projector": True,
        "clip.projector_type": "mlp",
        "clip.use_gelu": True,
        "clip.vision.image_size": IMAGE_SIDE,
        "clip.vision.patch_size": PATCH_SIDE,
        "clip.vision.embedding_length": WIDTH,
        "clip.vision.feed_forward_length": FEED_FORWARD_WIDTH,
        "clip.vision.projection_dim": WIDTH,
        "clip.vision.block_count": LAYERS,
        "clip.vision.attention.head_count": HEADS,
        "clip.vision.attention.layer_norm_epsilon": 1e-5,
        "clip.vision.image_mean": [0.5] * 3,
        "clip.vision.image_std": [0.5] * 3,
    }
    write_gguf(path, "clip", metadata, tensors)


if __name__ == "__main__":
    directory = Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    write_text_model(directory / "text.gguf")
    write_vision_projector(directory / "vision.gguf")
